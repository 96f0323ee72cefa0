# ruff: noqa: E501
"""What home-made banners say, in many languages: written for these tests as a site owner would write it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """The words of one language. `analytics`, `marketing` and `necessary` label toggles."""

    text: str
    accept: str
    reject: str
    settings: str
    save: str
    necessary: str
    analytics: str
    marketing: str


PHRASES: dict[str, Phrases] = {
    "en": Phrases("We use cookies to improve this website and measure its use.", "Accept all", "Reject all", "Manage preferences", "Save my choices", "Strictly necessary", "Analytics", "Marketing"),
    "de": Phrases("Diese Website verwendet Cookies für Statistik und Werbung.", "Alle akzeptieren", "Ablehnen", "Einstellungen anpassen", "Auswahl speichern", "Notwendig", "Statistik", "Marketing"),
    "fr": Phrases("Ce site utilise des cookies pour mesurer son audience et personnaliser les annonces.", "Tout accepter", "Continuer sans accepter", "Paramétrer", "Enregistrer mes choix", "Nécessaires", "Mesure d'audience", "Publicité"),
    "es": Phrases("Utilizamos cookies para analizar el uso de la web y mostrar publicidad.", "Aceptar todas", "Rechazar todas", "Configurar cookies", "Guardar selección", "Necesarias", "Analíticas", "Publicitarias"),
    "it": Phrases("Questo sito utilizza cookie per statistiche e pubblicità.", "Accetta tutti", "Rifiuta", "Personalizza", "Salva preferenze", "Necessari", "Statistici", "Marketing"),
    "nl": Phrases("Deze website gebruikt cookies om het bezoek te meten en advertenties te tonen.", "Alles accepteren", "Alleen noodzakelijke", "Voorkeuren instellen", "Keuze opslaan", "Noodzakelijk", "Statistieken", "Marketing"),
    "pl": Phrases("Ta strona używa plików cookie do statystyk i reklam.", "Zaakceptuj wszystkie", "Odrzuć wszystkie", "Dostosuj ustawienia", "Zapisz wybór", "Niezbędne", "Statystyczne", "Marketingowe"),
    "pt": Phrases("Este site utiliza cookies para medir o tráfego e mostrar publicidade.", "Aceitar todos", "Rejeitar", "Gerir preferências", "Guardar escolhas", "Necessários", "Estatísticos", "Marketing"),
    "sv": Phrases("Webbplatsen använder kakor för statistik och annonser.", "Godkänn alla", "Endast nödvändiga", "Inställningar", "Spara val", "Nödvändiga", "Statistik", "Marknadsföring"),
    "da": Phrases("Hjemmesiden bruger cookies til statistik og annoncer.", "Tillad alle", "Afvis alle", "Tilpas", "Gem valg", "Nødvendige", "Statistik", "Markedsføring og reklame"),
    "nb": Phrases("Nettstedet bruker informasjonskapsler til statistikk og annonser.", "Godta alle", "Avvis alle", "Tilpass", "Lagre valg", "Nødvendige", "Statistikk", "Markedsføring"),
    "fi": Phrases("Sivusto käyttää evästeitä tilastointiin ja mainontaan.", "Hyväksy kaikki", "Vain välttämättömät", "Muokkaa asetuksia", "Tallenna valinnat", "Välttämättömät", "Tilastot", "Markkinointi"),
    "cs": Phrases("Tento web používá soubory cookie k měření návštěvnosti a reklamě.", "Přijmout vše", "Odmítnout vše", "Upravit nastavení", "Uložit výběr", "Nezbytné", "Statistické", "Marketingové"),
    "sk": Phrases("Táto stránka používa súbory cookie na meranie návštevnosti a reklamu.", "Prijať všetko", "Odmietnuť", "Nastavenia", "Uložiť výber", "Nevyhnutné", "Štatistické", "Marketingové"),
    "hu": Phrases("A weboldal sütiket használ statisztikai és hirdetési célra.", "Összes elfogadása", "Elutasítom", "Beállítások módosítása", "Beállítások mentése", "Szükséges", "Statisztikai", "Marketing"),
    "ro": Phrases("Acest site folosește cookie-uri pentru statistici și publicitate.", "Acceptă toate", "Respinge toate", "Personalizează", "Salvează preferințele", "Necesare", "Statistice", "Marketing"),
    "bg": Phrases("Този сайт използва бисквитки за статистика и реклама.", "Приемам всички", "Отхвърляне на всички", "Настройки", "Запази избора", "Необходими", "Статистически", "Маркетинг"),
    "el": Phrases("Ο ιστότοπος χρησιμοποιεί cookies για στατιστικά και διαφημίσεις.", "Αποδοχή όλων", "Απόρριψη όλων", "Ρυθμίσεις", "Αποθήκευση επιλογών", "Απαραίτητα", "Στατιστικά", "Μάρκετινγκ"),
    "hr": Phrases("Ova stranica koristi kolačiće za statistiku i oglase.", "Prihvati sve", "Odbij sve", "Prilagodi postavke", "Spremi odabir", "Nužni", "Statistika", "Marketing"),
    "sl": Phrases("Spletna stran uporablja piškotke za statistiko in oglase.", "Sprejmi vse", "Zavrni vse", "Nastavitve", "Shrani izbiro", "Nujni", "Statistika", "Trženje"),
    "et": Phrases("Veebileht kasutab küpsiseid statistika ja reklaami jaoks.", "Nõustu kõigiga", "Keeldu kõigist", "Muuda seadeid", "Salvesta valik", "Vajalikud", "Statistika", "Turundus"),
    "lv": Phrases("Vietne izmanto sīkdatnes statistikai un reklāmai.", "Piekrist visām", "Noraidīt visas", "Iestatījumi", "Saglabāt izvēli", "Nepieciešamās", "Statistikas", "Mārketinga"),
    "lt": Phrases("Svetainė naudoja slapukus statistikai ir reklamai.", "Priimti visus", "Atmesti visus", "Tvarkyti nustatymus", "Išsaugoti pasirinkimą", "Būtinieji", "Statistiniai", "Rinkodaros"),
    "ga": Phrases("Úsáideann an suíomh seo fianáin le haghaidh staitisticí agus fógraíochta.", "Glac le gach fianán", "Diúltaigh do gach fianán", "Socruithe fianán", "Sábháil mo rogha", "Riachtanach", "Anailísíocht", "Margaíocht"),
    "mt": Phrases("Dan is-sit juża l-cookies għall-istatistika u r-reklami.", "Aċċetta kollha", "Irrifjuta kollha", "Immaniġġja l-preferenzi", "Issejvja l-għażla", "Neċessarji", "Statistika", "Marketing"),
    "is": Phrases("Þessi vefsíða notar vafrakökur fyrir tölfræði og auglýsingar.", "Samþykkja allar", "Hafna öllum", "Sérsníða stillingar", "Vista val", "Nauðsynlegar", "Tölfræði", "Markaðssetning"),
    "tr": Phrases("Bu site istatistik ve reklam için çerezler kullanır.", "Tümünü kabul et", "Tümünü reddet", "Tercihleri yönet", "Seçimi kaydet", "Zorunlu", "İstatistik", "Pazarlama"),
    "uk": Phrases("Цей сайт використовує файли cookie для статистики та реклами.", "Прийняти всі", "Відхилити всі", "Налаштування", "Зберегти вибір", "Необхідні", "Статистика", "Маркетинг"),
    "ru": Phrases("Сайт использует файлы cookie для статистики и рекламы.", "Принять все", "Отклонить все", "Настроить", "Сохранить выбор", "Необходимые", "Статистика", "Маркетинг"),
    "sr": Phrases("Овај сајт користи колачиће за статистику и огласе.", "Прихвати све", "Одбиј све", "Подешавања", "Сачувај избор", "Неопходни", "Статистика", "Маркетинг"),
    "ar": Phrases("يستخدم هذا الموقع ملفات تعريف الارتباط للإحصاءات والإعلانات.", "قبول الكل", "رفض الكل", "إدارة الإعدادات", "حفظ الاختيارات", "ضرورية", "إحصائية", "تسويقية"),
    "he": Phrases("האתר משתמש בעוגיות לצורך סטטיסטיקה ופרסום.", "אישור כל העוגיות", "דחיית הכל", "הגדרות עוגיות", "שמירת הבחירה", "הכרחיות", "סטטיסטיקה", "שיווק"),
    "ja": Phrases("当サイトでは、統計と広告のためにクッキーを使用しています。", "すべて同意する", "すべて拒否する", "設定を管理", "選択を保存", "必須", "統計", "マーケティング"),
    "ko": Phrases("이 웹사이트는 통계와 광고를 위해 쿠키를 사용합니다.", "모두 동의", "모두 거부", "설정 관리", "선택 저장", "필수", "통계", "마케팅"),
    "zh": Phrases("本网站使用 Cookie 进行统计和广告投放。", "全部接受", "全部拒绝", "管理设置", "保存选择", "必要", "统计", "营销"),
    "ca": Phrases("Aquest lloc web utilitza galetes per a estadístiques i publicitat.", "Accepta-ho tot", "Rebutja-ho tot", "Configura", "Desa la selecció", "Necessàries", "Estadístiques", "Publicitat"),
}  # fmt: skip
"""Languages by code; every official language of the European Union is among them."""
