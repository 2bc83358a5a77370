"""Facts about hosts that many share: whose things lie there, which product a path leads to, which host is nobody's.

All lower case. The suffixes of hosting companies are those that they publish in the private section of the public
suffix list, or in their documentation of default host names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Networks that carry anybody's files and functions: a host there says where something lies, not whose it is. A longer
#: host that the catalogue names itself still counts.
CARRIERS = _set(
    """cloudfront.net amazonaws.com amazonaws.com.cn on.aws elasticbeanstalk.com awsapprunner.com amazoncognito.com
    awsglobalaccelerator.com azureedge.net azurefd.net windows.net azurewebsites.net cloudapp.net cloudapp.azure.com
    azure-api.net azurestaticapps.net azurecontainerapps.io azurecontainer.io trafficmanager.net azurecr.io
    googleusercontent.com googleapis.com gstatic.com appspot.com run.app cloudfunctions.net storage.googleapis.com
    ajax.googleapis.com fonts.googleapis.com fonts.gstatic.com googlehosted.com ghs.googlehosted.com fastly.net
    fastlylb.net akamaized.net akamaihd.net akamai.net edgekey.net edgesuite.net akamaiedge.net jsdelivr.net unpkg.com
    cdnjs.com cdnjs.cloudflare.com bootstrapcdn.com jspm.io skypack.dev esm.sh polyfill-fastly.io b-cdn.net
    cdn77.org kxcdn.com stackpathcdn.com stackpathdns.com llnwd.net edgecastcdn.net digitaloceanspaces.com
    linodeobjects.com backblazeb2.com wasabisys.com r2.dev r2.cloudflarestorage.com workers.dev trycloudflare.com
    aliyuncs.com myqcloud.com clouddn.com oraclecloud.com ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev"""
)
#: Where developers put sites and apps of their own: a host there is theirs, and no sign-in to the hosting company. A
#: CNAME record that leads there does show that the company hosts there.
HOSTING = _set(
    """netlify.app vercel.app now.sh web.app firebaseapp.com github.io gitlab.io pages.dev
    herokuapp.com onrender.com fly.dev up.railway.app amplifyapp.com ondigitalocean.app replit.app replit.dev repl.co
    glitch.me surge.sh deno.dev csb.app stackblitz.io webcontainer.io gitpod.dev streamlit.app
    streamlitapp.com hf.space lovable.app lovableproject.com bolt.host base44.app bubbleapps.io
    koyeb.app northflank.app cyclic.app adaptable.app"""
)
#: What people write behind the @ of a private address: a mailbox there says nothing of a tool.
MAILBOXES = _set(
    """gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es outlook.com.br outlook.jp hotmail.com
    hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.com live.co.uk live.fr live.nl msn.com passport.com
    yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.ca yahoo.in yahoo.co.in yahoo.co.jp yahoo.com.br
    yahoo.com.mx yahoo.com.ar yahoo.com.au ymail.com rocketmail.com aol.com aim.com icloud.com me.com mac.com gmx.de
    gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de arcor.de mail.de posteo.de posteo.net mailbox.org
    protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io hushmail.com mail.com email.com
    mail.ru inbox.ru bk.ru list.ru ya.ru rambler.ru ukr.net email.cz centrum.cz wp.pl o2.pl onet.pl interia.pl abv.bg
    libero.it virgilio.it tiscali.it alice.it tin.it orange.fr wanadoo.fr free.fr laposte.net sfr.fr bbox.fr bluewin.ch
    ziggo.nl kpnmail.nl xs4all.nl telenet.be skynet.be btinternet.com sky.com virginmedia.com comcast.net verizon.net
    sbcglobal.net bellsouth.net att.net cox.net shaw.ca bol.com.br uol.com.br terra.com.br ig.com.br globo.com qq.com
    vip.qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com naver.com hanmail.net daum.net
    nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp rediffmail.com bigpond.com optusnet.com.au xtra.co.nz zohomail.com
    zohomail.eu zohomail.in fastmail.fm mailinator.com guerrillamail.com yopmail.com"""
)
#: Web hosts whose mailboxes and contact forms half the world's domains admit: in an SPF record they are no tool.
WEB_HOSTS = _set(
    """ovh.com ovh.net ovh.ca locaweb.com.br secureserver.net godaddy.com hostinger.com hostinger.com.br
    registrar-servers.com privateemail.com namecheap.com web-hosting.com perfora.net kundenserver.de ionos.com ionos.de
    ionos.es ionos.fr ionos.co.uk 1and1.com gandi.net infomaniak.ch one.com emailsrvr.com stackmail.com bluehost.com
    hostgator.com hostgator.com.br websitewelcome.com siteground.com siteground.eu sgvps.net mailspamprotection.com
    dreamhost.com mxroute.com mxlogin.com migadu.com titan.email
    messagingengine.com fastmail.com protonmail.ch mailbox.org zoho.com zoho.eu zoho.in zoho.com.au zoho.jp zohomail.com
    zohomail.eu zohomail.in strato.de strato.com rzone.de rzone.com all-inkl.com kasserver.com hetzner.com
    your-server.de hosteurope.de mittwald.de mittwald.com domainfactory.de ispgateway.de df.eu udag.de
    agenturserver.de checkdomain.de aruba.it register.it netcup.net transip.nl transip.email mijndomein.nl combell.com
    antagonist.nl versio.nl hostnet.nl loopia.se binero.se simply.com unoeuro.com dandomain.dk domeneshop.no webhuset.no
    zone.eu zonevs.eu home.pl nazwa.pl cyberfolks.pl forpsi.com wedos.net websupport.sk active24.cz rackhost.hu
    hostpoint.ch hoststar.ch cyon.ch novatrend.ch world4you.com easyname.com easyname.eu mail.ovh.net lws.fr
    lws-hosting.com planethoster.net o2switch.net amen.fr raiolanetworks.es arsys.es dinahosting.com webempresa.com
    piensasolutions.com nominalia.com dondominio.com kinghost.net umbler.com uolhost.com.br hostnet.com.br
    tigertech.net pair.com hover.com networksolutions.com register.com
    aplus.net yahoo.com aol.com icloud.com mail.ru yandex.net yandex.ru qq.com qiye.163.com mxhichina.com icoremail.net
    exmail.qq.com sakura.ne.jp lolipop.jp heteml.jp muumuu-mail.com xserver.jp conoha.io value-domain.com onamae.com
    gmoserver.jp kagoya.net crazydomains.com ventraip.com.au netregistry.com.au webcentral.com.au melbourneit.com.au
    bigrock.com bigrock.in hostgator.in mailhostbox.com resellerclub.com znetlive.com xneelo.co.za afrihost.com
    domains.co.za konsoleh.co.za eukhost.com fasthosts.co.uk livemail.co.uk 123-reg.co.uk krystal.uk krystal.io
    heartinternet.co.uk tsohost.co.uk names.co.uk blacknight.com register365.com a2hosting.com inmotionhosting.com
    hostmonster.com justhost.com greengeeks.com scalahosting.com porkbun.com
      """
)
#: Suites whose mailboxes most companies have: beside one tool's servers the record is about the tool.
SUITES = _set("google.com googlemail.com outlook.com office365.com onmicrosoft.com microsoft.com")
#: Pages that platforms of identity hold ready for anybody's app: where the sign-in returns to is no tool.
#: Hosts, each with the beginning of the path.
RETURN_PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "login.microsoftonline.com": ("/common/", "/organizations/", "/consumers/", "/te/", "/oauth2/"),
        "login.microsoftonline.us": ("/common/",),
        "login.live.com": ("/oauth20_desktop.srf",),
        "login.windows.net": ("/common/",),
        "www.facebook.com": ("/connect/login_success.html",),
        "developers.google.com": ("/oauthplayground",),
        "accounts.google.com": ("/o/oauth2", "/approval", "/gsi"),
        "oauth-redirect.googleusercontent.com": ("/",),
        "oauth-redirect-sandbox.googleusercontent.com": ("/",),
        "jwt.io": ("/",),
        "jwt.ms": ("/",),
        "oauthdebugger.com": ("/",),
        "oidcdebugger.com": ("/",),
        "openidconnect.net": ("/callback",),
        "auth.expo.io": ("/",),
        "oauth.tools": ("/",),
        "webhook.site": ("/",),
        "appleid.apple.com": ("/auth",),
    }
)
#: Pages of products on their maker's site, as it links them.
_ZOHO = (
    *("crm", "desk", "campaigns", "social", "books", "salesiq", "analytics", "forms", "survey", "projects", "creator"),
    *(
        "bookings",
        "invoice",
        "expense",
        "sites",
        "flow",
        "pagesense",
        "sign",
        "recruit",
        "people",
        "inventory",
        "vault",
    ),
    *("assist", "meeting", "backstage", "commerce", "billing", "learn", "notebook", "workplace", "one", "payroll"),
)
#: Products that share their maker's host and are told by the path: (host or suffix, beginning of the path, tool).
_BY_PATH = (
    ("atlassian.net", "/jira", "jira"),
    ("atlassian.net", "/browse/", "jira"),
    ("atlassian.net", "/secure/", "jira"),
    ("atlassian.net", "/issues/", "jira"),
    ("atlassian.net", "/jira/servicedesk", "jira-service-management"),
    ("atlassian.net", "/servicedesk/", "jira-service-management"),
    ("atlassian.net", "/wiki", "confluence"),
    ("atlassian.com", "/software/jira", "jira"),
    ("atlassian.com", "/software/jira/service-management", "jira-service-management"),
    ("atlassian.com", "/software/confluence", "confluence"),
    ("atlassian.com", "/software/trello", "trello"),
    ("atlassian.com", "/software/bitbucket", "bitbucket"),
    ("atlassian.com", "/software/statuspage", "statuspage"),
    ("atlassian.com", "/software/opsgenie", "opsgenie"),
    ("docs.google.com", "/forms", "google-forms"),
    ("www.google.com", "/analytics", "google-analytics"),
    ("www.google.com", "/recaptcha", "google-recaptcha"),
    ("www.google.com", "/webmasters", "google-search-console"),
    ("www.google.com", "/adsense", "google-adsense"),
    ("www.google.com", "/admanager", "google-ad-manager"),
    ("www.google.com", "/admob", "google-admob"),
    ("www.google.com", "/tagmanager", "google-tag-manager"),
    ("google.com", "/a/", "google-workspace"),
    ("marketingplatform.google.com", "/about/analytics", "google-analytics"),
    ("marketingplatform.google.com", "/about/tag-manager", "google-tag-manager"),
    ("marketingplatform.google.com", "/about/optimize", "google-optimize"),
    ("marketingplatform.google.com", "/about/display-video-360", "display-video-360"),
    ("marketingplatform.google.com", "/about/campaign-manager-360", "campaign-manager-360"),
    ("marketingplatform.google.com", "/about/search-ads-360", "search-ads-360"),
    ("marketingplatform.google.com", "/about/data-studio", "looker-studio"),
    ("play.google.com", "/console", "google-play-console"),
    ("linkedin.com", "/campaignmanager", "linkedin-ads"),
    ("linkedin.com", "/ad/", "linkedin-ads"),
    ("linkedin.com", "/sales", "linkedin-sales-navigator"),
    ("linkedin.com", "/learning", "linkedin-learning"),
    ("linkedin.com", "/learning-login", "linkedin-learning"),
    ("linkedin.com", "/talent", "linkedin-recruiter"),
    ("linkedin.com", "/recruiter", "linkedin-recruiter"),
    ("facebook.com", "/adsmanager", "meta-ads"),
    ("facebook.com", "/ads", "meta-ads"),
    ("facebook.com", "/tr", "meta-ads"),
    ("business.facebook.com", "/latest", "meta-business-suite"),
    ("business.facebook.com", "/business_suite", "meta-business-suite"),
    ("myfreshworks.com", "/crm/sales", "freshsales"),
    ("myfreshworks.com", "/crm/marketer", "freshmarketer"),
    ("myfreshworks.com", "/crm/messaging", "freshchat"),
    ("business.adobe.com", "/products/marketo", "marketo-engage"),
    ("business.adobe.com", "/products/analytics", "adobe-analytics"),
    ("business.adobe.com", "/products/target", "adobe-target"),
    ("business.adobe.com", "/products/campaign", "adobe-campaign"),
    ("business.adobe.com", "/products/workfront", "adobe-workfront"),
    ("business.adobe.com", "/products/experience-manager", "adobe-experience-manager"),
    ("business.adobe.com", "/products/magento", "adobe-commerce"),
    ("business.adobe.com", "/products/journey-optimizer", "adobe-journey-optimizer"),
    ("business.adobe.com", "/products/real-time-customer-data-platform", "adobe-real-time-cdp"),
    ("business.adobe.com", "/products/audience-manager", "adobe-audience-manager"),
    *(("www.zoho.com", f"/{name}", f"zoho-{name}") for name in _ZOHO),
)


def _of_host() -> Mapping[str, tuple[tuple[str, str], ...]]:
    paths: dict[str, list[tuple[str, str]]] = {}
    for host, path, tool in _BY_PATH:
        paths.setdefault(host, []).append((path, tool))
    # The longest path first: /jira/servicedesk is another product than /jira.
    return MappingProxyType({host: tuple(sorted(found, key=lambda one: -len(one[0]))) for host, found in paths.items()})


PATHS = _of_host()
#: Hosts of customers that are told by the end of their first label: (suffix, end of the label, tool).
FIRST_LABELS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {"sharepoint.com": (("-my", "onedrive"),), "sharepoint.cn": (("-my", "onedrive"),)}
)
#: Entity ids that are the same for every customer of a service and are no host of it.
ENTITY_IDS: Mapping[str, str] = MappingProxyType(
    {
        "google.com": "google-workspace",
        "urn:amazon:webservices": "amazon-web-services",
        "urn:amazon:webservices:govcloud": "amazon-web-services",
        "urn:federation:microsoftonline": "microsoft-365",
    }
)
#: URL schemes that an app has registered for itself and that are not its whole coined name: scheme -> tool.
SCHEMES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("vscode", "vscode-insiders", "code-oss"), "visual-studio-code"),
        **{
            name: name for name in ("slack", "notion", "linear", "discord", "obsidian", "cursor", "windsurf", "postman")
        },
        **{
            name: name for name in ("figma", "asana", "airtable", "todoist", "evernote", "spotify", "trello", "clickup")
        },
        **{name: name for name in ("raycast", "webex", "dropbox", "bitwarden", "miro", "loom", "telegram", "intercom")},
        **dict.fromkeys(("zoommtg", "zoomus", "zoomrc"), "zoom"),
        **dict.fromkeys(("msteams", "ms-teams"), "microsoft-teams"),
        **dict.fromkeys(("ms-word", "ms-excel", "ms-powerpoint", "ms-outlook", "ms-office"), "microsoft-365"),
        "onenote": "microsoft-onenote",
        "ms-powerapps": "power-apps",
        "ms-mobile-apps": "power-apps",
        "tg": "telegram",
        "x-github-client": "github",
        "github-mac": "github",
        "github-windows": "github",
        "x-github-desktop-auth": "github",
        "gitkraken": "gitkraken",
        "jetbrains": "jetbrains",
        "salesforce1": "salesforce",
        "onepassword": "1password",
        "monday": "monday-com",
    }
)
#: Top-level domains of countries under which companies sell to that country in their own name. Not among them: those
#: that are sold as words (io, ai, co, me, tv) or given away, which imitators like.
COUNTRIES = _set(
    """de at ch fr it es pt nl be lu dk se no fi is ie co.uk uk pl cz sk hu ro bg gr hr si ee lv lt eu com.tr com.br
    com.mx mx cl com.ar com.co com.pe ca com.au net.au co.nz jp co.jp co.kr kr com.cn cn com.tw com.hk hk sg com.sg
    com.my co.id co.th com.vn com.ph in co.in ae com.sa co.za co.il ru com.ua asia"""
)
#: Endings that a slip of the hand makes of another: those who register them live on such slips.
SLIPPED_ENDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("co", "cm", "om", "com.co", "cc"), ("com",)),
        "ne": ("net",),
        "nt": ("net",),
        "or": ("org",),
        "og": ("org",),
        "oi": ("io",),
    }
)
