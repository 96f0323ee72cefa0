"""What the words of a banner mean: lexicons as data, and the rules that combine them."""
