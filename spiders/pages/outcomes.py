"""Whether a page is an article, or what it is instead: a wall, a soft 404, a shell, a stub, a listing.

A wall is told by words in its title or in a page that holds little else, never by words in an article: an article
about bot walls stays an article.
"""

import re

from archive.model import Article, Outcome
from spiders.pages.document import Document, Element, collapse
from spiders.pages.structured import as_list

ENOUGH = 200  # weight of a text that can be an article: Latin characters, an East Asian one counts 2.5
ENOUGH_SHORT = 80  # … when the page says itself that it is an article
WALL_LONGEST = 2500  # weight of all that a wall shows
TEASER_LONGEST = 2200  # weight of what a paywall leaves readable
_HEADINGS_OF_LISTING = 8
_WIDE = re.compile("[぀-ヿ㐀-䶿一-鿿가-힣]+")

_CHALLENGE = re.compile(
    r"just a moment|attention required|please enable js and disable any ad ?blocker|"
    r"verif(?:y|ying) (?:that )?you are (?:a )?human|"
    r"checking your browser|are you a robot|not a robot|unusual traffic|pardon our interruption|press (?:&|and) hold|"
    r"access to this page has been denied|access denied|security check|ddos protection|"
    r"enable javascript and cookies to continue|"
    r"complete the captcha|human verification|characters you see|"
    r"(?:request|access|connection|address|you) (?:has|have|was|were) (?:been )?(?:temporarily )?blocked|"
    r"环境异常|環境異常|[请請][^。]{0,12}(?:验证|驗證)|(?:输入|輸入)[^。]{0,6}(?:验证码|驗證碼)|(?:拖动|滑动|拖動)[^。]{0,6}滑[块塊]|"
    r"人机(?:验证|识别)|(?:安全|访问|身份)(?:验证|检查|检测)|(?:访问|请求|操作)(?:过于|太)频繁|异常(?:流量|访问|请求)|"
    r"(?:检查|验证|檢查)[您你]的(?:浏览器|瀏覽器)|(?:访问|请求)[^。]{0,4}被?(?:拒绝|拦截|阻断)|"
    r"ロボットで(?:は)?ない|人間である|ブラウザ[^。]{0,6}(?:確認|検証)(?:して|中)|(?:画像|文字)認証|"
    r"アクセス(?:確認中|[がを][^。]{0,8}(?:拒否|制限|遮断|ブロック))|(?:不正|異常)な(?:アクセス|通信)|セキュリティ(?:チェック|確認|検証)|"
    r"로봇이 아닙니다|브라우저를? ?(?:확인|검사)|(?:비정상|자동화)[^.]{0,6}(?:접근|접속|트래픽)|"
    r"(?:접근|접속|요청)[이을]? ?(?:차단|거부|제한)|보안 ?(?:문자|확인|검사)|자동 ?(?:입력|등록) ?방지|사람인지 확인|"
    r"vérification de sécurité|sicherheitsüberprüfung",
    re.I,
)
_CHALLENGE_SCRIPT = re.compile(
    r"captcha-delivery\.com|/cdn-cgi/challenge-platform|px-captcha|_cf_chl_opt|geo\.captcha|awswaf|hcaptcha\.com/1/api",
    re.I,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|your privacy choices|cookie (?:consent|settings|policy)|we use cookies|"
    r"accept (?:all )?cookies|manage (?:your )?consent|(?:store|set|use|reject)[^.]{0,24} cookies|"
    r"同意して続行|(?:クッキー|cookie)[^。]{0,10}(?:使用|利用|同意)|(?:使用|接受)[^。]{0,6}cookie|隐私设置|"
    r"avant de continuer|"
    r"nous utilisons des cookies|wir verwenden cookies|zustimmung|gestion des cookies|쿠키[를을]? ?(?:사용|수집|허용)",
    re.I,
)
_LOGIN = re.compile(
    r"^\W*(?:log ?in|sign ?in|please (?:log|sign) ?in|login required|ログイン|サインイン|登录|登錄|请登录|로그인|"
    r"connexion|"
    r"se connecter|anmelden|einloggen|iniciar sesión)\b|sign in to continue|log in to continue",
    re.I,
)
_MISSING = re.compile(
    r"\b404\b|(?:page|doi) (?:was |is )?not found|^\W*not found\b|"
    r"(?:page|article|content|site) (?:can(?:no|')t be found|"
    r"does not exist|doesn.t exist|isn.t available|is no longer available|could not be found|"
    r"you (?:requested|are looking for))|nothing (?:was )?found|"
    r"ページ(?:が|は)(?:見つかりません|存在しません)|お探しのページ|記事が見つかりません|页面不存在|找不到(?:该)?页面|頁面不存在|"
    r"(?:ページ|記事)[^。]{0,6}(?:見つかり|存在し|ございま)せ|存在しないか[、，]?(?:移動|削除)|ページ[^。]{0,6}存在しない|"
    r"您访问的(?:页面|内容)|(?:页面|頁面|内容|文章|网页|網頁|链接)[^。，]{0,8}(?:不存在|无法访问|失效|找不到|无法找到)|"
    r"페이지를 찾을 수 없|(?:존재하지 않|찾을 수 없)[^.]{0,16}(?:페이지|문서|게시물|글|기사)|"
    r"(?:can.?t|can ?not|couldn.?t|unable to) find[^.]{0,20} page|"
    r"page introuvable|page non trouvée|"
    r"seite (?:wurde )?nicht gefunden|página no encontrada",
    re.I,
)
_DELETED = re.compile(
    r"已被(?:发布者|作者|發布者|平台)?(?:删除|刪除|下架)|该内容已被|該內容已被|此内容(?:因违规|被投诉|发送失败)|内容因违规无法查看|"
    r"(?:文章|内容|內容|作者)已(?:自行|主动)?(?:删除|刪除|下架|下线|下線)|掲載(?:期間)?[がは]?終了|"
    r"(?:記事|投稿|コンテンツ|動画)[^。]{0,24}(?:削除|非公開|取り下げ|公開終了|公開を終了)|"
    r"(?:post|article|content|story|video) [^.]{0,24}(?:deleted|removed|withdrawn|taken down|unpublished)|"
    r"삭제(?:된|한|되었|됐|하였|했)[^.]{0,12}(?:글|게시물|기사|콘텐츠|습니다)|비공개 처리된|"
    r"(?:article|contenu|publication) [^.]{0,24}(?:supprimée?|retirée?|dépubliée?)\b|"
    r"(?:artikel|beitrag|inhalt) [^.]{0,32}(?:gelöscht|entfernt|zurückgezogen)",
    re.I,
)
_PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep)|to continue reading|subscribers only|already a subscriber|"
    r"この記事は(?:有料|会員)|有料会員|会員限定|続きを読むには|付费阅读|订阅后|구독자 전용|"
    r"réservé aux abonnés|nur für abonnenten",
    re.I,
)


def weight(text: str) -> float:
    """Return the length of *text* in Latin characters; an East Asian one says as much as 2.5 of them."""
    return len(text) + 1.5 * sum(map(len, _WIDE.findall(text)))


def outcome_of_status(status: int, document: Document | None = None) -> Outcome | None:
    """Return what an HTTP status alone says; None when the page has to be read."""
    if status in (404, 410):
        return Outcome.GONE
    if status == 206:  # part of a page, though none was asked for
        return Outcome.ERROR
    if status < 400 or status == 451:
        return None if status != 451 else Outcome.GONE
    if document is not None and _is_challenge(document):
        return Outcome.CHALLENGE
    if status == 401:
        return Outcome.LOGIN
    return Outcome.CHALLENGE if status in (403, 429) else Outcome.ERROR


def judge(document: Document, article: Article) -> Outcome:
    """Return the outcome of an HTML page from which *article* was read."""
    if by_status := outcome_of_status(document.status, document):
        return by_status
    size = weight(article.text) + 0.5 * sum(
        weight(cell) for table in article.tables for row in table.rows for cell in row
    )
    says_article = _says_article(document)
    if (not says_article or size < ENOUGH) and (wall := _wall(document, article, size)):
        return wall
    if size < TEASER_LONGEST and _is_paywalled(document):
        return Outcome.PAYWALLED
    if size >= (ENOUGH_SHORT if says_article and article.title else ENOUGH):
        return Outcome.LISTING if not says_article and _is_listing(document, article) else Outcome.OK
    return _nothing(document, article)


def _wall(document: Document, article: Article, size: float) -> Outcome | None:
    """Return which wall or notice the page is, or None; the first that holds counts."""
    node = document.root.find(".//title")
    head = " ".join((collapse("" if node is None else "".join(node.itertext())), article.title or ""))
    says_little = size < 2 * ENOUGH
    if not says_little and not _is_named_for(_CONSENT, head, says_little):
        return None  # no other wall has that much text
    shown = document.shown
    is_small = weight(shown) <= WALL_LONGEST
    # Many articles have a form for readers' accounts; a short one is told by what it says of itself.
    least = ENOUGH_SHORT if _says_article(document) and article.title else ENOUGH
    asks_password = size < least and _has_password(document.root)
    asks_consent = says_little and _CONSENT.search(shown) and _has_buttons(document.root)
    signs = {
        Outcome.CHALLENGE: says_little and (_is_challenge(document) or (is_small and _CHALLENGE.search(head))),
        Outcome.SOFT_404: says_little
        and (_MISSING.search(head) or (is_small and size < ENOUGH and _MISSING.search(shown[:600]))),
        Outcome.GONE: is_small and says_little and _DELETED.search(shown),
        Outcome.LOGIN: (asks_password or says_little) and (is_small and (asks_password or _LOGIN.search(head))),
        Outcome.CONSENT: is_small and (_is_named_for(_CONSENT, head, says_little) or asks_consent),
    }
    return next((outcome for outcome, sign in signs.items() if sign), None)


def _is_named_for(words: re.Pattern[str], head: str, says_little: bool) -> bool:
    """Return whether the titles hold *words*; of a page with much text, whether they say next to nothing else."""
    found = words.search(head)
    return found is not None and (says_little or len(head) <= 2 * (len(found.group()) + 20))


def _is_challenge(document: Document) -> bool:
    shown = document.shown
    if weight(shown) > WALL_LONGEST:
        return False
    if _CHALLENGE.search(shown[:1500]) and weight(shown) <= WALL_LONGEST / 2:
        return True
    return weight(shown) < ENOUGH and bool(_CHALLENGE_SCRIPT.search(document.html))


def _has_password(root: Element) -> bool:
    return any((node.get("type") or "").lower() == "password" for node in root.iter("input"))


def _has_buttons(root: Element) -> bool:
    return next(root.iter("button", "form"), None) is not None


def _says_article(document: Document) -> bool:
    facts = document.structured
    kind = (facts.first("og:type") or "").lower()
    return bool(facts.article().get("headline")) or kind in ("article", "news") or bool(facts.first("citation_title"))


def _is_paywalled(document: Document) -> bool:
    """Return whether the page says that it is not free, and shows a teaser."""
    for item in document.structured.json_ld:
        for part in (item, *[part for part in as_list(item.get("hasPart")) if isinstance(part, dict)]):
            if str(part.get("isAccessibleForFree")).lower() in (
                "false",
                "http://schema.org/false",
                "https://schema.org/false",
            ):
                return True
    tier = document.structured.first("article:content_tier") or ""
    return tier.lower() in ("metered", "locked") and bool(_PAYWALL.search(document.shown))


def _is_listing(document: Document, article: Article) -> bool:
    """Return whether the page mostly links elsewhere: what it links outweighs what it says."""
    n_headings = sum(1 for node in document.root.iter("h2", "h3", "h4") if node.find(".//a") is not None)
    if n_headings < _HEADINGS_OF_LISTING:
        return False
    linked = sum(weight(collapse("".join(node.itertext()))) for node in document.root.iter("a"))
    own = weight(article.text)
    longest = max((weight(part) for part in article.text.split("\n\n")), default=0)
    return linked > 0.6 * weight(document.shown) and longest < 2 * ENOUGH and own < 6 * ENOUGH


def _nothing(document: Document, article: Article) -> Outcome:
    """Return what a page without an article is: an app's empty shell, a listing, a stub."""
    n_scripts = sum(1 for _ in document.root.iter("script"))
    n_links = sum(1 for node in document.root.iter("a") if node.get("href"))
    if weight(document.shown) < ENOUGH and n_scripts >= 1:
        return Outcome.SHELL
    if n_links >= 10 and not (_says_article(document) and article.title):
        return Outcome.LISTING
    return Outcome.SHELL if not article.title and n_scripts >= 3 else Outcome.STUB
