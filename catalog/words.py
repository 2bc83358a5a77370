"""Word lists of the matchers: what may stand around a tool's name, and what shows that the name is another's.

All lower case. They are about language and trade, not about single tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Legal forms, as they follow a company's name.
LEGAL = _set(
    """inc incorporated llc llp lp ltd limited gmbh mbh ag kg ug se sa sas sasu sarl srl spa sl slu bv nv oy oyj ab as
    asa aps plc pty pte pvt private co corp corporation company ou uab sro doo zrt kft kk sp zoo sia holding
    holdings group intl international"""
)
#: Legal forms of all countries, as statements print them; some are words elsewhere, so these count in descriptors only.
FORMS = LEGAL | _set(
    """ltda ltd limitada eireli epp cv sapi sab sl slp vof cvba sprl bvba sagl eurl scop ohg gbr kgaa hf ehf jsc ooo oao
    zao ead eood ood tov lda unipessoal sdn bhd tbk pjsc fze fzco fzc dmcc wll sti nyrt zrt gk yk ltee enr sca scs
    pbc ulc cic dac clg pvt se ek spzoo kg mbh gesmbh unlimited sro spzo nuf ab oyj ans gmbhco sicav ltdco srlu
    srls spk stichting fzllc eg unltd"""
)
#: Legal forms that are written out or shortened, by the form under which they are compared.
SAME_FORM: Mapping[str, str] = MappingProxyType(
    {
        "limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co", "private": "pvt",
        "limitada": "ltda", "spzo": "spzoo", "gesmbh": "gmbh", "unltd": "unlimited",
    }
)  # fmt: skip
#: Words of the trade with which a company's name goes on: a second clue.
COMPANY = _set(
    """labs tech technologies technology software systems tecnologia tecnologias technologie technologien sistemas
    yazilim teknoloji logiciels"""
)
#: What companies of the trade call themselves behind their name, in the languages that statements are written in.
HOUSE_WORDS = _set(
    """labs lab tech tec tecn technologies technology technologie technologien tecnologia tecnologias tecnologica
    tecnologicas tecnologie tecnol teknoloji teknolojileri software softwares logiciel logiciels yazilim bilisim
    oprogramowanie ohjelmistot systems system sistemas sistemi systemes solutions solution sol soln solucoes soluciones
    soluzioni loesungen losungen digital digitais digitales dig serv servs svcs svc servicos servicio servicios servizi
    diensten dienste services tjanster informatica informatique informatik infotech infosystems softech softtech
    interactive internet web online media networks network group holding holdings ventures international brasil
    europe emea apac americas deutschland france espana italia uk us usa nordic nordics iberia latam payments inovacao
    innovation innovations inova participacoes empreendimentos comercio desenvolvimento desenv consultoria marketing mkt
    mktg ops"""
)
#: Callings and events: behind a tool's name they say that somebody else carries it, or works with it.
CALLINGS = _set(
    """agency agencies agentur agence agencia consulting consultants consultant consultancy consult beratung conseil
    consultores studio studios atelier experts expert pros freelance freelancer training trainings trainer academy
    akademie coaching coach repair repairs reparatur workshop workshops print prints printing printers druckerei
    imprimerie imprenta grafica design designs designer designers creative creatives films film productions
    production freelancers recruitment recruiters architects architecture interiors decor events event catering
    donation donations copay rent lawyer lawn masonry apparel wear boots shoe candles ceramics salads salad salon
    tickets concert matratzen rice dive diving landscapes mechanics detailing realtors
    barbers barbershop hairdresser hairdressers surf skate climbing boxing karate swim kebab diner donuts bagels gelato
    creamery roasters roastery distillery vineyard vineyards eyewear watches linen nightclub karaoke bowling arena
    stadium marina boat boats yacht aviation airport toll tolls tile tiles soap soaps quilts wear leather upholstery
    fruit fruits stand stall glazing scaffolding paving fencing drainage cartons boxes
    tankstelle baeckerei backerei konditorei metzgerei apotheke friseur blumen moebel mobel fahrrad autohaus werkstatt
    reinigung gaststaette gasthof gasthaus imbiss buchhandlung getraenke bau handwerk maler schreinerei zahnarzt
    restaurante cafeteria panaderia carniceria farmacia peluqueria ferreteria supermercado supermercados tienda taller
    hostal gasolinera libreria zapateria muebles floreria joyeria clinica gimnasio escuela
    boulangerie patisserie boucherie pharmacie coiffure coiffeur fleuriste librairie quincaillerie pressing epicerie
    menuiserie fromagerie traiteur auberge boutiques ecole garderie
    padaria mercado posto cabeleireiro papelaria livraria churrascaria lanchonete academia escola
    bakkerij slagerij apotheek kapper bloemen fietsen winkel slijterij
    panificio macelleria parrucchiere fioraio ferramenta negozio gelateria pasticceria palestra
    blommor bageri frisor apotek bilverkstad konditori bryggeri piekarnia apteka fryzjer kwiaty sklep warsztat
    lekarna kavarna eczane firin lokanta kuafor"""
)
#: Lessons, books, meetings and helpers: beside a tool's name they say that the line is of something about the tool.
TEACHING = _set(
    """schulung schulungen seminar seminare seminars kurs kurse kurset kursus kursgebuehr kursgebuhr lehrgang
    lehrgaenge weiterbildung fortbildung course courses training trainings trainer trainers workshop workshops
    bootcamp bootcamps masterclass class classes lesson lessons tutorial tutoring tutor exam exams cert
    certification certifications zertifizierung zertifikat conference conf kongress congress congres congreso
    congresso konferenz konferencja konferens konference symposium meetup meetups hackathon ticket tickets
    biglietto biglietti billets entradas book books ebook ebooks buch buecher bucher livre livres libro libri
    libros boek boeken bok boeger handbuch fachbuch formation formations curso cursos capacitacion formacion corso
    corsi formazione cursus cursussen opleiding opleidingen kurz kurzy skoleni szkolenie szkolenia kurssi kurssit
    koulutus utbildning utbildningar opplaering uddannelse egitim egitimi kursu tanfolyam kepzes pelatihan
    treinamento treinamentos taller talleres agency agencies agentur agence agences agencia agenzia agentschap
    byra bureau consulting consultants consultant consultancy consultoria consulente consultor beratung berater
    beraterin conseil conseils coaching coach freelancer freelance freelancers academy akademie academie academia
    accademia experts expert specialist specialists vhs volkshochschule usergroup fanclub hotline helpline
    groupbuy"""
)
#: Things with a tool's name on them, and what else a house of software puts into a parcel.
MERCHANDISE = _set(
    """merch merchandise merchandising swag tshirt tshirts shirt shirts hoodie hoodies mug mugs tasse tassen socks
    beanie sticker stickers poster posters plush plushie backpack lanyard store shop laden boutique tienda negozio
    loja winkel butik sklep surface laptop laptops tablet tablets keyboard keyboards headset headsets headphones
    earbuds dock docking charger chargers webcam webcams hardware iphone ipad macbook imac airpods chromebook
    chromecast smartphone gift giftcard gifts geschenk geschenkkarte regalo cadeau gaming gamer games"""
)
#: Words with which a bank begins a line, before the seller: kinds of payment in the languages of card statements.
BANK_START = _set(
    """pos checkcard carte tarjeta cartao karte achat achats
    paiement paiements prlv prelevement vir virement facture kartenzahlung lastschrift
    basislastschrift folgelastschrift erstlastschrift einzugsermaechtigung girocard debitkarte kreditkarte ueberweisung
    uberweisung dauerauftrag zahlung gutschrift compra compras pago pagos recibo adeudo domiciliacion cargo pagamento
    pagamenti addebito acquisto bonifico deb pix boleto betaling betalning betaalpas incasso aankoop overboeking kortkop
    kortkob kop varekjop dankort autogiro korttiosto osto platnosc zakup transakcja przelew platba nakup odeme alisveris
    vasarlas kartyas plata cumparare sepa ach eftpos bea pin dd cb visa mastercard maestro debit credit card purchase
    recurring nonrecurring payment withdrawal preauthorized pending contactless interac idp pymt bcard clp sdd"""
)
#: Words of a bank that follow the first one.
BANK_FOLLOW = BANK_START | _set(
    """internacional nacional cartao carta cartes carte carteira tarjeta tarj credito debito con com de da do del en em
    no na par du le la au a an av to at on with the by fur mit bei authorized auth international intl foreign online
    internet sans karte karta karty karta platnicza przy uzyciu kart kort kartou elect electronic direct
    sdd b2b transaction transfer einzug cargo recurrente recurrent mandat mandato emis recu
    electronique faveur aut autom automatico algemeen doorlopend eenmalig domestic ecommerce ecom ecomm
    pass nfc ek preautorizado inst non nr nota mc vi add"""
)
#: Words with which a bank's own text begins behind the seller.
BANK_END = _set(
    """prlv prelevement lastschrift basislastschrift folgelastschrift iof sepa incasso adeudo domiciliacion addebito
    mandat mandatsref mandatsreferenz wechselkurs virement verwendungszweck kundennummer kundennr rechnungsnr bankgiro
    vir autogiro"""
)
#: The same where a number follows: `FACT F22-0091`, `BG 5544`, `RATE 2/3`.
BANK_NUMBERED = _set(
    """fact facture rg rechnung re bg pg rate inv invoice nr no ref cuota parcela parc kdnr kd vertrag kurs cours card
    karte tarjeta faktura fattura factura fatura nota fra rnr pgto auth authcode seq txn trn order cb ics rum cid umr
    uci glaeubiger glaubiger incassant creditor mandaat mndt"""
)
#: What sign-on set-ups add to a tool's name; stripped at either end.
DECORATION = _set(
    """sso saml saml2 saml20 oauth oauth2 oidc openid scim swa login signin idp sp prod production live legacy old new
    deprecated archived retired obsolete dev development test testing staging stage stg sandbox sbx uat qa
    preprod nonprod preproduction demo trial poc pilot beta app apps bookmark okta entra azure aad adfs onelogin
    jumpcloud mfa the actions v1 v2 v3 v4 prd tst via using through federated federation wsfed ws fed ldap scim2 jit
    provisioning autologin sign tile shortcut chiclet tenant instance environment env current nonproduction zz zzz
    dnu produktion produktiv testumgebung veraltet alt neu ancien
    nouveau recette prod1 producao homologacao hml teste antigo novo produccion pruebas prueba antiguo nuevo
    produzione collaudo vecchio productie acceptatie acc oud"""
)
#: Environments, which end a slug such as `acme-tool-prod`.
ENVIRONMENT = _set(
    """prod production prd dev development test testing tst staging stage stg sandbox sbx uat qa preprod nonprod demo
    live sso saml saml2 oidc oauth scim swa idp sp"""
)
#: Parts of a company and of the world, which label an app in a segment of their own: `Tool - EMEA`.
SEGMENT = _set(
    """marketing mktg mkt mktng sales it hr finance legal support product engineering eng design ops operations
    security brand growth digital ecommerce retail corporate corp group global worldwide ww emea apac amer
    americas latam noram na eu europe us usa uk gb ca canada de germany dach fr france es spain italy nl benelux
    nordics anz au australia jp japan in india sg mena apj row north south east west team teams department dept
    external contractors agency agencies partners partner read only admin admins users user business unit bu
    main primary secondary default pr comms communications content social web crm demand gen field event events
    customer success cs personal service kommunikation communication direction commercial time area recht zentrale"""
)
#: Departments in other languages than English: nobody says them of an ordinary word of English.
DEPARTMENT = _set(
    """abteilung bereich vertrieb einkauf personalabteilung finanzen buchhaltung rechtsabteilung
    unternehmenskommunikation geschaftsfuhrung kundenservice kundendienst konzern lohnbuchhaltung
    marketingabteilung ventes commerciale achats juridique comptabilite rh drh dsi equipe siege departement paie
    departamento mercadeo ventas compras juridico contabilidad finanzas comunicacion rrhh atencion soporte
    equipo vendas comercial comunicacao financeiro suporte atendimento diretoria vendite acquisti
    amministrazione ufficio reparto comunicazione verkoop inkoop financien afdeling marknad forsaljning salg
    markedsforing markkinointi myynti marknadsforing sprzedaz dzial kadry"""
)
#: Words that join others, in the languages that labels are written in.
JOINING = _set("and und et y e i og och en a of the de da do di du des del der die das la le les el los las")
#: Parts of the world that stand behind a name, with or without a dash: `Tool EMEA`.
REGION = _set("emea apac amer latam noram dach anz mena apj nordics benelux uk usa eu americas")
#: What an app about a tool is called, and what is a company's own: in front of a name they say that it is another's.
ABOUT = _set(
    """training trainings learn course courses migration migrations backup backups export exports import imports
    archive request requests guide guides policy policies faq docs documentation wiki help support ticket tickets
    script scripts webhook webhooks bot job jobs my our your own internal intern interno interna interne the a an
    new old not no former how about vs versus and or for of to from with by request form onboarding offboarding
    replacement alternative clone fake like replica proxy relay monitor alert alerts status report reports sync
    integration connector bridge exporter importer middleware wrapper converter viewer helper tool tools app apps
    portal intranet extranet custom homegrown inhouse generic dummy example sample unknown untitled project team
    green blue red black white big little great best good happy"""
)
#: Words of software in general: products, editions, parts of a product.
SOFTWARE = _set(
    """software saas platform cloud suite analytics data api apis sdk dashboard dashboards enterprise pro premium plus
    standard basic professional edition automation ai engine integration integrations connector connectors sync
    plugin addon add on extension mobile web online hub studio reporting reports report insights intelligence
    subscription license licence licenses annual monthly contract byol byoi payg pay as you go tier plan plans
    credits usage seats seat users user hosted managed server services service solution solutions technology
    technologies tech labs lab systems system digital tools tool console workspace workspaces client clients
    manager management admin account accounts portal connect developer developers builder editor creator
    creative copilot assistant agent agents agentic gpt powered experience cx optimization workflow workflows
    operations ops core next gen advanced growth starter essentials ultimate business team teams collaboration
    monitoring security identity deployments deployment listing login access network interactive marketplace
    free trial express open source all one in and for with of the to a real time b2b b2c dxp xp sms email mail v
    white label company marketing messaging message infrastructure sol clean
    unified intelligent cxm cep hcm hris crm cms cdp dam pim suites edr siem"""
)
#: Words of SOFTWARE that hardly anything else is called: a second clue for a name that is an ordinary word.
CLUES = _set(
    """software saas platform cloud suite analytics api apis sdk automation ai integration integrations connector
    connectors plugin addon extension gpt copilot dxp byol technologies subscription deployments collaboration
    workspace workspaces"""
)
#: Trades and things of the world outside software: behind a name they say that it is another's.
TRADE = _set(
    """bakery bakeries cafe coffee restaurant bistro bar pub grill kitchen pizza pizzeria sushi burger burgers wine
    wines winery brewery beer brewing spirits catering food foods deli grocery groceries market farm farms dairy
    butcher mango hotel hotels inn hostel lodge motel resort rooms suites house houses home homes escape spa
    salon barber beauty nails hair clinic clinics dental dentist dentistry physiotherapy physio surgery hospital
    medical pharmacy pharmacies chemist optician opticians vet vets veterinary nursing nursery care-home garage
    motors motor cars car cab cabs taxi taxis tyres tires parking park parks garden gardens gardening florist
    flowers flower landscaping cleaning cleaners cleaner laundry plumbing plumber electrical electrician roofing
    builders construction carpentry joinery furniture carpets flooring kitchens bathrooms windows doors glass
    paint painting hardware timber steel metals plastics couriers courier freight haulage removals storage
    shipping cargo airlines airline airways travel tours tour cruises cruise trains railway rail ferry bus
    coaches bikes bike cycles cycling scooters rides ride trip bookshop books bookstore publications publishing
    publishers stationery jewellery jewelry jewelers jewellers shoes clothing clothes fashion boutique tailor
    tailors textiles fabrics toys games gaming arcade cinema theatre theater museum gallery galleries guitars
    guitar piano music band dance ballet yoga pilates gym fitness sports sport football golf tennis club clubs
    guild union church chapel charity foundation trust ngo school schools academy college university
    kindergarten daycare tuition tutoring library council county borough township parish utilities utility water
    gas electric electricity power plant solar oil petroleum petrol fuel station mining insurance mortgage
    mortgages realty estate estates properties property letting lettings apartments rental rentals pawn casino
    lottery mattress bedding shop shops store stores supermarket mall warehouse outlet express-mart kiosk
    vending volunteering weaving pottery crafts craft sewing knitting baking cooking recipes fishing hunting
    camping outdoor outdoors adventures photo photography photobooth weddings wedding funeral funerals cemetery
    pets pet dog dogs cat cats horse horses stables animal animals zoo aquarium circus festival fair carnival
    party parties oven ovens boiler boilers heating ventilation lift lifts elevator elevators scanner printer
    sensor sensors turbine hvac wifi postal post-office lodging dining meals lunch breakfast dinner tea juice
    smoothie ice cream chocolate candy sweets cakes cake cupcakes bread lobster chicken steak bbq fish seafood
    noodles ramen taco tacos grille eatery tavern brasserie trattoria osteria ristorante cantina blinds blind
    curtains packing packaging physiotherapist therapy cleansing therapist counselling counseling chiropractic
    orthodontics dermatology massage tattoo lawn pool pools pest locksmith moving mover movers towing auto autos
    automotive dealership tire wash notary lawyers solicitors attorneys accountants bookkeeping staffing nurses
    janitorial awards orders timesheets timesheet attendance cup league tournament marathon race racing choir
    orchestra transport transports spedition campground campgrounds campsite camping logistics"""
)
#: Words of billing on a statement.
BILLING = _set(
    """transfer transfers xfer deposit withdrawal refund cash instalment installment payout balance
    subscription subscr subscrip subscripti sub subs monthly annual yearly month year charge charges chrg billing
    bill bills payment payments pymt pmt invoice inv fee fees renewal renew recurring plan plans misc credits
    credit top up topup usage purchase order orders payout payouts sale sales web online www com https http help
    support ads adv advert advertising pro premium basic business team plus usd eur gbp cad aud chf sek nok dkk
    pln jpy inr ref autopay services service software licence license europe emea intl international
    assinatura assinaturas mensalidade anuidade mensal abonnement abonnements abo jahresabo monatsabo abonament
    abonnemang abbonamento abbonamenti canone suscripcion suscripciones subscripcion cuota mensualidad anualidad mensual
    prenumeration tilaus lisenssi lizenz lizenzen jahreslizenz lizenzgebuehr nutzungsgebuehr monatsgebuehr jahresgebuehr
    grundgebuehr licenza licencia licencias licenca licentie licens licenties licencja predplatne elofizetes abonelik
    jahresbeitrag langganan cotisation redevance facturation forfait rechnung jaarlijks maandelijks jaehrlich monatlich
    mensuel annuel annuelle mensuelle"""
)
#: Codes of countries and of states of the USA and Canada, as statements print them.
CODES = _set(
    """us usa gb gbr uk ie irl de deu fr fra es esp it ita nl nld be bel lu lux ch che at aut se swe no nor dk dnk fi
    fin ee est lv lva lt ltu pl pol cz cze sk svk hu hun ro rou bg bgr gr grc cy cyp mt mlt pt prt il isr tr tur
    ua ukr in ind sg sgp hk hkg jp jpn kr kor cn chn tw twn au aus nz nzl ca can mx mex br bra ar arg cl chl co
    col za zaf ae are al ak az ct fl ga hi id ia ks ky la me md ma mi mn ms mo ne nv nh nj nm ny nc nd oh ok or
    pa ri sc sd tn tx ut vt va wa wv wi wy dc on qc bc ab mb ns nb vic nsw qld tas"""
)
#: Currencies (ISO 4217), as statements print them behind a seller's place.
CURRENCIES = _set(
    """usd eur gbp cad aud nzd chf sek nok dkk isk pln czk huf ron bgn hrk rsd uah rub try ils aed sar qar kwd bhd omr
    egp mad tnd zar ngn kes ghs ugx tzs bdt lkr npr sgd hkd cny rmb jpy krw twd thb vnd idr myr php brl mxn ars clp
    inr pkr cop pen uyu bob pyg crc gtq dop jmd ttd kzt gel amd azn"""
)
#: Words of a lure in a look-alike's host name.
LURE = _set(
    """login signin logon account accounts verify verification secure security auth sso password reset update updates
    support billing invoice bonus confirm unlock alert optout request reward rewards claim wallet help desk
    helpdesk admin portal session token"""
)
#: Words by category: one of them behind a name that is an ordinary word says which tool is meant.
BY_CATEGORY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ads_programmatic": _set(
            "ads ad advertising dsp ssp programmatic adserver exchange display video adtech native rtb"
        ),
        "ads_search_social": _set(
            "ads ad advertising ppc search social campaign campaigns feed bidding sem performance"
        ),
        "sms_push_messaging": _set("sms push messaging notifications texting rcs"),
        "mobile_attribution": _set(
            "attribution mmp deep deeplink deeplinks links link linking sdk measurement aso metrics"
        ),
        "pr_comms": _set("pr press newsroom media newswire monitoring comms communications journalists"),
        "direct_mail": _set("mail print postcards letters direct"),
        "cms_web": _set("cms headless website websites site sites web hosting dxp content builder"),
        "content_marketing": _set(
            "content seo writing writer copy copywriting ai publishing blog newsletter marketing"
        ),
        "design_creative": _set("design stock creative mockups video graphics photos templates prototyping assets"),
        "dam_brand": _set("dam pim brand assets asset branding library mrm"),
        "email_marketing": _set(
            "email emails newsletter newsletters esp deliverability mail mailer sms marketing signatures"
        ),
        "marketing_automation": _set(
            """automation engagement campaigns campaign email crm journeys journey omnichannel crosschannel
            multichannel lifecycle messaging cdp"""
        ),
        "landing_pages": _set(
            """landing pages page popups popup funnels forms contest contests competition competitions giveaway
            giveaways sweepstakes quiz quizzes conversion leads"""
        ),
        "ab_testing_personalization": _set(
            """testing personalization personalisation experimentation experiments ab a/b search recommendations cro"""
        ),
        "seo": _set("seo rank ranking keywords keyword backlinks crawler serp search sem"),
        "video_marketing": _set("video videos podcast podcasts live streaming recording webinar clips editing"),
        "abm_intent": _set("abm intent account visitor visitors buyer leads b2b signals"),
        "loyalty_referral": _set("loyalty referral referrals rewards advocacy points program"),
        "call_tracking": _set("call calls tracking phone attribution conversations"),
        "community_reviews": _set("reviews review ratings ugc community communities comments forum testimonials"),
        "chat_conversational": _set("chat chatbot bot bots conversational inbox messaging"),
        "crm": _set("crm sales pipeline contacts leads"),
        "customer_experience": _set(
            "onboarding success customer adoption tours changelog feedback churn cx nps guides"
        ),
        "forms_surveys": _set("forms form surveys survey feedback research panel panels nps usability quiz polls"),
        "events_webinars": _set("events event webinars webinar tickets ticketing registration conference virtual"),
        "scheduling": _set("scheduling scheduler calendar booking bookings appointments meetings"),
        "influencer": _set("influencer influencers creator creators ugc marketing"),
        "social_media": _set("social media scheduler schedule scheduling publishing listening posts posting"),
        "affiliate_partner": _set("affiliate affiliates partner partners partnership partnerships radius prm tracking"),
        "local_marketing": _set("local listings location locations reviews stores"),
        "ecommerce_marketing": _set("ecommerce commerce returns upsell checkout subscriptions shipping reviews feed"),
        "ecommerce_platform": _set("ecommerce commerce shop checkout store cart payments"),
        "sales_engagement": _set(
            """sales outreach engagement enablement revenue prospecting sequences proposals gifting outbound email
            leads"""
        ),
        "data_enrichment": _set("data enrichment contacts b2b leads prospecting database lookup company"),
        "bi_dashboards": _set("dashboards dashboard reporting reports bi analytics data kpi"),
        "cdp": _set("cdp data customer events pipelines etl connections personas profiles"),
        "dmp_identity": _set("dmp identity audience audiences id data resolution"),
        "consent_privacy": _set("consent cookie cookies privacy gdpr ccpa compliance cmp"),
        "tag_management": _set("tag tags tagging serverside"),
        "attribution_measurement": _set("attribution measurement mmm analytics marketing metrics roi"),
        "web_analytics": _set("analytics traffic web stats statistics tracking"),
        "product_analytics_replay": _set("analytics replay heatmaps heatmap session product recordings insights"),
        "link_management": _set("links link shortener qr codes url urls"),
        "marketing_ops": _set("marketing planning budget workflow proofing approvals utm leads projects"),
        "nm_dev": _set(
            "code developer developers devops git repos api apis monitoring ci testing database deployments"
        ),
        "nm_it_security": _set("security identity vpn password passwords mdm endpoint backup siem sso cloud mfa"),
        "nm_hr": _set(
            """hr hris people payroll performance recruiting ats learning engagement onboarding hiring talent"""
        ),
        "nm_finance": _set("expenses expense invoicing billing accounting payments spend erp payroll tax cards travel"),
        "nm_productivity": _set(
            """docs notes projects project tasks inbox wiki automation files whiteboard meetings desks workspace chat
            calendar"""
        ),
        "nm_support": _set("helpdesk desk support tickets ticketing inbox customer service"),
        "nm_data_infra": _set("data warehouse etl pipelines analytics bi cloud storage database"),
        "nm_legal_other": _set("contracts legal learning lms esignature signature"),
    }
)

#: Words of any category: what software does. Beside others of them they say nothing of which tool is meant.
PURPOSES = frozenset().union(*BY_CATEGORY.values())

#: Words, surnames and places that companies of every trade are called by, although a maker of software is as well: on
#: a statement's line they are no proof. What is long among them is a whole word, and no name that a field cut off.
BORNE = _set(
    """absence acoustic agility alfresco anthology apollo appreciate astute blackboard blackthorn bland
    blissfully block bluejeans bohemian breezy centro channel chromatic cloudberry commissions decibel degree
    egghead eightfold enchant firm foobar freelancer goto gravitational heartland hippo hornbill ideals
    intermedia interspace ionic kronos leeway lynda mailbox marimo marker metadata metallic
    mistral movable neptune nets newsman numbers ontop paperless passageways perfect placer procreate quid
    relation remarkable roundel simply smartly smooch snap status stodge strategy supernormal
    advocate algorithm announce apostrophe artifact attribute authored changelog cognitive complement connective
    counting describe distilled document economic engagement genius holistic influencers instruct knowledge lifetime
    maintain migration napoleon newsletter notebook panorama playbook possible postmaster publisher recollect salesman
    sentinel shareable shortest spotlight stitcher striking structured thoughts transmit validate visually workflow
    relation economic sympa tagger take tasty terkel text thunderbird treble tremor uphill verve widen wingman
    """
)
#: Words that a tool's name may be without its `.com` or `.ai`, and that mean nothing by themselves.
# fmt: off
COMMON = frozenset({
    "authorize", "automate", "beautiful", "bounce", "capture", "channel", "character", "checkout", "collect",
    "competitors", "compose", "connect", "copy", "coupler", "covet", "craft", "curator", "custom", "customer",
    "customers", "dealer", "delivery", "digital", "empathy", "exceed", "factors", "feature", "fireflies",
    "freelancer", "grade", "groove", "groups", "heatmap", "impact", "import", "incident", "inflection", "intro",
    "involve", "keyword", "leads", "marker", "marketing", "media", "metadata", "minter", "modern", "monday", "onepage",
    "originality", "people", "persona", "platform", "playground", "promoter", "realtor", "reclaim", "register",
    "remove", "respond", "retention", "reviews", "rocket", "seamless", "segment", "sequel", "shapes", "signal",
    "social", "studio", "support", "testimonial", "thanks", "toplist", "ultimate", "warmer", "windsor", "writer",
    "yellow",
})
# fmt: on
