"""Our own general way to answer a banner: it reads what stands on the screen and presses what its words say."""
