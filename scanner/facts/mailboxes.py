"""Addresses that are no employee's own: at a public provider of mailboxes, or a role's instead of a person's."""

from __future__ import annotations

import re
from collections.abc import Collection


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Domains of providers at which anybody can open a mailbox, country by country where a provider has several.
PUBLIC = _words(
    """
    gmail.com googlemail.com
    outlook.com outlook.de outlook.fr outlook.es outlook.it hotmail.com hotmail.co.uk hotmail.de hotmail.es hotmail.fr
    hotmail.it hotmail.nl live.com live.co.uk live.de live.fr live.nl msn.com passport.com
    yahoo.com yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.de
    yahoo.es yahoo.fr yahoo.in yahoo.it ymail.com rocketmail.com aol.com aol.de aim.com
    icloud.com me.com mac.com
    gmx.com gmx.net gmx.de gmx.at gmx.ch gmx.us mail.com email.com usa.com
    web.de t-online.de freenet.de mail.de posteo.de posteo.net mailbox.org arcor.de online.de 1und1.de vodafone.de
    proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com tutamail.com keemail.me
    fastmail.com fastmail.fm hey.com hushmail.com zohomail.com zohomail.eu runbox.com disroot.org riseup.net
    yandex.com yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru rambler.ru ukr.net i.ua
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com
    naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp
    rediffmail.com uol.com.br bol.com.br terra.com.br ig.com.br
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
    libero.it virgilio.it alice.it tiscali.it tim.it
    btinternet.com virginmedia.com ntlworld.com sky.com talktalk.net blueyonder.co.uk
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
    shaw.ca rogers.com sympatico.ca telus.net bigpond.com optusnet.com.au xtra.co.nz
    bluewin.ch hispeed.ch sunrise.ch aon.at chello.at telenet.be skynet.be
    ziggo.nl kpnmail.nl hetnet.nl home.nl planet.nl xs4all.nl upcmail.nl
    telia.com online.no broadpark.no mail.dk jubii.dk kolumbus.fi
    wp.pl o2.pl onet.pl op.pl interia.pl gazeta.pl seznam.cz centrum.cz email.cz post.cz azet.sk
    freemail.hu citromail.hu abv.bg mail.bg walla.co.il telefonica.net terra.es sapo.pt
    """
)
#: What an address is called that several people look after (RFC 2142 names the first of them).
ROLES = _words(
    """
    info marketing sales support abuse noc security postmaster hostmaster webmaster www
    admin administrator office team contact hello hi mail mailbox inbox newsletter news press media pr social socials
    events event webinar webinars ads adwords advertising campaigns campaign content blog design creative brand seo sem
    web website shop store ecommerce crm data analytics it helpdesk service servicedesk billing accounting accounts
    invoice invoices finance hr jobs careers recruiting partners partner partnerships affiliate affiliates
    community feedback survey surveys customer customers care success growth digital online agency intern
    vertrieb verkauf buero kontakt rechnung rechnungen presse einkauf personal werbung kommunikation redaktion
    veranstaltungen technik empfang kundenservice comunicacion ventas contacto redes commercial
    """
)
#: What may stand beside the role: the country, the language, or which of several.
_BESIDE = re.compile(r"[a-z]{2}|eu|emea|dach|apac|latam|global|int|the|and|und|\d{1,2}")


def is_public(address: str | None, own: Collection[str]) -> bool:
    """Whether an address is at a public provider; `own` are the company's domains, whatever they are."""
    domain = (address or "").rpartition("@")[2].strip().casefold()
    return domain in PUBLIC and domain not in own


def is_role(address: str | None) -> bool:
    """Whether an address is a role's: each word before the @ is one, but for a country or a number beside it."""
    local, at, _ = (address or "").strip().casefold().rpartition("@")
    words = [word for word in re.split(r"[._\-]", local.partition("+")[0]) if word]
    named = [word for word in words if word in ROLES]
    return bool(at and named) and all(word in ROLES or _BESIDE.fullmatch(word) for word in words)
