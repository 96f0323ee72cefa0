"""Provisions, decisions and guidance that findings refer to, each with its public source.

Only what bears directly on a technical observation stands here. A reference says where to read on; it is no
judgement that the provision is broken.
"""

from __future__ import annotations

from scanner.audit.message import mark
from scanner.model.finding import LegalReference

__all__ = ["LegalReference"]

_GDPR = "https://eur-lex.europa.eu/eli/reg/2016/679/oj"
_CASE = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:"

EPRIVACY_5_3 = LegalReference(
    name=mark("ePrivacy Directive 2002/58/EC, Article 5(3): storing on or reading from a visitor's device"),
    url="https://eur-lex.europa.eu/eli/dir/2002/58/2009-12-19",
)
GDPR_4_11 = LegalReference(name=mark("GDPR, Article 4(11): what consent is"), url=_GDPR)
GDPR_5_1_A = LegalReference(name=mark("GDPR, Article 5(1)(a): lawfulness, fairness and transparency"), url=_GDPR)
GDPR_5_1_E = LegalReference(name=mark("GDPR, Article 5(1)(e): storage limitation"), url=_GDPR)
GDPR_6_1 = LegalReference(name=mark("GDPR, Article 6(1): lawfulness of processing"), url=_GDPR)
GDPR_7 = LegalReference(name=mark("GDPR, Article 7: conditions for consent"), url=_GDPR)
GDPR_7_3 = LegalReference(name=mark("GDPR, Article 7(3): withdrawing as easily as giving consent"), url=_GDPR)
GDPR_12_13 = LegalReference(name=mark("GDPR, Articles 12 and 13: information for the people concerned"), url=_GDPR)
GDPR_13_1_E = LegalReference(name=mark("GDPR, Article 13(1)(e): recipients of personal data"), url=_GDPR)
GDPR_21_5 = LegalReference(name=mark("GDPR, Article 21(5): objecting by automated means"), url=_GDPR)
GDPR_25 = LegalReference(name=mark("GDPR, Article 25: data protection by design and by default"), url=_GDPR)
GDPR_32 = LegalReference(name=mark("GDPR, Article 32: security of processing"), url=_GDPR)
GDPR_44 = LegalReference(name=mark("GDPR, Article 44: transfers to third countries"), url=_GDPR)

PLANET49 = LegalReference(
    name=mark(
        "Court of Justice of the EU, C-673/17 (Planet49): active consent; duration and third parties to be named"
    ),
    url=f"{_CASE}62017CJ0673",
)
FASHION_ID = LegalReference(
    name=mark("Court of Justice of the EU, C-40/17 (Fashion ID): a site answers for embedding a third party's plug-in"),
    url=f"{_CASE}62017CJ0040",
)
SCHREMS_II = LegalReference(
    name=mark("Court of Justice of the EU, C-311/18 (Schrems II): the EU-US Privacy Shield is invalid"),
    url=f"{_CASE}62018CJ0311",
)

EDPB_CONSENT = LegalReference(
    name=mark("EDPB, Guidelines 05/2020 on consent"),
    url="https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/"
    "guidelines-052020-consent-under-regulation-2016679_en",
)
EDPB_BANNERS = LegalReference(
    name=mark("EDPB, Report of the work undertaken by the Cookie Banner Taskforce (January 2023)"),
    url="https://www.edpb.europa.eu/system/files/2023-01/edpb_20230118_report_cookie_banner_taskforce_en.pdf",
)
EDPB_TECHNICAL_SCOPE = LegalReference(
    name=mark("EDPB, Guidelines 2/2023 on the technical scope of Article 5(3) of the ePrivacy Directive"),
    url="https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/"
    "guidelines-22023-technical-scope-art-53-eprivacy-directive_en",
)
WP29_EXEMPTION = LegalReference(
    name=mark("Article 29 Working Party, Opinion 04/2012 on cookie consent exemption (WP 194)"),
    url="https://ec.europa.eu/justice/article-29/documentation/opinion-recommendation/files/2012/wp194_en.pdf",
)
CNIL_GUIDELINES = LegalReference(
    name=mark("CNIL (France), guidelines of 17 September 2020 on cookies and other trackers (decision 2020-091)"),
    url="https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000042388179",
)
CNIL_AUDIENCE = LegalReference(
    name=mark("CNIL (France), sheet 16: audience measurement that needs no consent, and its conditions"),
    url="https://www.cnil.fr/en/sheet-ndeg16-use-analytics-your-websites-and-applications",
)
GARANTE_GUIDELINES = LegalReference(
    name=mark("Garante (Italy), guidelines of 10 June 2021 on cookies and other tracking tools"),
    url="https://www.garanteprivacy.it/home/docweb/-/docweb-display/docweb/9677876",
)
AEPD_GUIDE = LegalReference(
    name=mark("AEPD (Spain), guide to the use of cookies"),
    url="https://www.aepd.es/guias/guia-cookies.pdf",
)

_UK_GDPR = "https://www.legislation.gov.uk/eur/2016/679/contents"
PECR_6 = LegalReference(
    name=mark("UK Privacy and Electronic Communications Regulations 2003, regulation 6"),
    url="https://www.legislation.gov.uk/uksi/2003/2426/regulation/6",
)
UK_GDPR = LegalReference(name=mark("UK GDPR"), url=_UK_GDPR)
ICO_GUIDANCE = LegalReference(
    name=mark("ICO (United Kingdom), guidance on the use of storage and access technologies"),
    url="https://ico.org.uk/for-organisations/direct-marketing-and-privacy-and-electronic-communications/"
    "guidance-on-the-use-of-storage-and-access-technologies/",
)

SWISS_FADP = LegalReference(
    name=mark("Swiss Federal Act on Data Protection, Articles 6 and 19: principles and information"),
    url="https://www.fedlex.admin.ch/eli/cc/2022/491/en",
)

SWISS_FMG_45C = LegalReference(
    name=mark("Swiss Telecommunications Act, Article 45c: data on other people's devices"),
    url="https://www.fedlex.admin.ch/eli/cc/1997/2187_2187_2187/de",
)

CCPA_135 = LegalReference(
    name=mark("California Civil Code, section 1798.135: opting out of sale and sharing, also by a browser signal"),
    url="https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml?lawCode=CIV&sectionNum=1798.135.",
)
CCPA_100 = LegalReference(
    name=mark("California Civil Code, section 1798.100: notice at collection"),
    url="https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml?lawCode=CIV&sectionNum=1798.100.",
)
