"""Walls, notices and empty shells are told by what they say, in six languages; articles about them stay articles."""

# ruff: noqa: E501  (a page a line reads better)

from datetime import UTC, datetime

import pytest

from archive.model import Outcome
from spiders.pages import read_page

SEEN = datetime(2025, 12, 31, tzinfo=UTC)
BUTTON = "<form><button>OK</button></form>"
PASSWORD = "<form><input name=user><input type=password><button>OK</button></form>"

# (title, body, outcome): what a reader meets instead of an article. All are answered with status 200.
NO_ARTICLES = {
    "bot wall": ("news.example", "<p>Please enable JS and disable any ad blocker</p>", Outcome.CHALLENGE),
    "challenge": ("Just a moment...", "<p>Verifying you are human. This may take a few seconds.</p>", Outcome.CHALLENGE),
    "denied": ("Access Denied", "<p>You don't have permission to access this page. Reference #18.7</p>", Outcome.CHALLENGE),
    "robot check": ("Are you a robot?", "<p>We have detected unusual traffic from your network.</p>", Outcome.CHALLENGE),
    "wechat risk page": ("", "<h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><a>去验证</a>", Outcome.CHALLENGE),
    "captcha zh": ("安全验证", "<p>请完成安全验证，拖动滑块完成拼图。</p>", Outcome.CHALLENGE),
    "captcha ja": ("確認", "<p>ロボットではないことを確認してください。</p>", Outcome.CHALLENGE),
    "captcha ko": ("보안 확인", "<p>로봇이 아닙니다 확인란을 선택해 주세요.</p>", Outcome.CHALLENGE),
    "captcha fr": ("Vérification de sécurité", "<p>Vérifiez que vous n'êtes pas un robot.</p>", Outcome.CHALLENGE),
    "captcha de": ("Sicherheitsüberprüfung", "<p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>", Outcome.CHALLENGE),
    "consent": ("Before you continue", f"<p>We use cookies to deliver our services.</p>{BUTTON}", Outcome.CONSENT),
    "consent ja": ("Cookieの使用について", f"<p>同意して続行するには、クッキーの使用を許可してください。</p>{BUTTON}", Outcome.CONSENT),
    "consent fr": ("Avant de continuer", f"<p>Nous utilisons des cookies pour mesurer l'audience.</p>{BUTTON}", Outcome.CONSENT),
    "consent de": ("Zustimmung", f"<p>Wir verwenden Cookies, um Inhalte zu personalisieren.</p>{BUTTON}", Outcome.CONSENT),
    "consent ko": ("쿠키 사용", f"<p>쿠키 사용에 동의하시면 계속하실 수 있습니다.</p>{BUTTON}", Outcome.CONSENT),
    "login": ("Log in to Example", PASSWORD, Outcome.LOGIN),
    "login ja": ("ログイン", f"<p>続けるにはログインしてください。</p>{PASSWORD}", Outcome.LOGIN),
    "login zh": ("请登录", f"<p>登录后查看更多内容</p>{PASSWORD}", Outcome.LOGIN),
    "login ko": ("로그인", PASSWORD, Outcome.LOGIN),
    "login fr": ("Se connecter", PASSWORD, Outcome.LOGIN),
    "login de": ("Anmelden", PASSWORD, Outcome.LOGIN),
    "parked": ("news.example", "<p>The domain news.example is for sale. Buy this domain.</p><a>Related searches</a>", Outcome.STUB),
    "parked ja": ("example.jp", "<p>このドメインは売り出し中です。お問い合わせください。</p>", Outcome.STUB),
    "parked fr": ("exemple.fr", "<p>Ce nom de domaine est à vendre. Faites une offre.</p>", Outcome.STUB),
    "soft 404": ("Page not found", "<h1>404</h1><p>Sorry, the page you requested does not exist.</p>", Outcome.SOFT_404),
    "soft 404 untitled": ("Example News", "<h1>Sorry</h1><p>The page you are looking for could not be found.</p>", Outcome.SOFT_404),
    "soft 404 ja": ("お探しのページは見つかりません", "<p>URLが変更されたか、削除された可能性があります。</p>", Outcome.SOFT_404),
    "soft 404 zh": ("页面不存在", "<p>抱歉，您访问的页面不存在或已被移动。</p>", Outcome.SOFT_404),
    "soft 404 ko": ("오류", "<p>요청하신 페이지를 찾을 수 없습니다.</p>", Outcome.SOFT_404),
    "soft 404 fr": ("Page introuvable", "<p>La page demandée n'existe pas ou plus.</p>", Outcome.SOFT_404),
    "soft 404 de": ("Seite nicht gefunden", "<p>Die gewünschte Seite existiert nicht.</p>", Outcome.SOFT_404),
    "deleted by author": ("", "<p>该内容已被发布者删除</p>", Outcome.GONE),
    "violates rules": ("", "<p>此内容因违规无法查看</p>", Outcome.GONE),
    "deleted tw": ("", "<p>此文章已被作者刪除</p>", Outcome.GONE),
    "deleted ja": ("example", "<p>この記事は削除されました。</p>", Outcome.GONE),
    "ended ja": ("example", "<p>この記事は掲載期間が終了しました。</p>", Outcome.GONE),
    "deleted ko": ("example", "<p>삭제된 게시물입니다.</p>", Outcome.GONE),
    "deleted en": ("example", "<p>This post has been deleted by its author.</p>", Outcome.GONE),
    "deleted fr": ("exemple", "<p>Cet article a été supprimé par son auteur.</p>", Outcome.GONE),
    "deleted de": ("beispiel", "<p>Dieser Artikel wurde gelöscht.</p>", Outcome.GONE),
    "ja 1": ("アクセス確認中", "<p>お使いのブラウザを確認しています。しばらくお待ちください。</p>", Outcome.CHALLENGE),
    "ja 2": ("", "<h1>セキュリティチェック</h1><p>続行するには、あなたが人間であることを確認してください。</p>", Outcome.CHALLENGE),
    "ja 3": ("認証", "<p>画像認証を完了すると続きを表示できます。</p>", Outcome.CHALLENGE),
    "ja 4": ("403 Forbidden", "<h1>アクセスできません</h1><p>不正なアクセスと判断されたため、接続を遮断しました。</p>", Outcome.CHALLENGE),
    "zh 5": ("请稍候…", "<p>正在检查您的浏览器，完成后将自动跳转。</p>", Outcome.CHALLENGE),
    "zh 6": ("访问过于频繁", "<p>您的访问过于频繁，请输入验证码后继续。</p>", Outcome.CHALLENGE),
    "zh 7": ("安全检查", "<p>请拖动滑块完成验证</p>", Outcome.CHALLENGE),
    "zh 8": ("", "<p>检测到您的网络存在异常流量，请完成验证。</p>", Outcome.CHALLENGE),
    "en 9": ("One more step", "<p>Please complete the security check to access news.example</p>", Outcome.CHALLENGE),
    "en 10": ('Robot Check', "<p>Enter the characters you see below. Sorry, we just need to make sure you're not a robot.</p>", Outcome.CHALLENGE),
    "en 11": ("Request blocked", "<p>Your request has been blocked by our security service. Ray ID: 77</p>", Outcome.CHALLENGE),
    "ko 12": ("잠시만 기다려 주세요", "<p>브라우저를 확인하고 있습니다.</p>", Outcome.CHALLENGE),
    "ko 13": ("접근이 차단되었습니다", "<p>비정상적인 접근이 감지되어 차단되었습니다.</p>", Outcome.CHALLENGE),
    "ko 14": ("보안문자 입력", "<p>자동입력 방지 문자를 입력해 주세요.</p>", Outcome.CHALLENGE),
    "ja 15": ("会員ログイン", "<form><input name=u><input type=password></form>", Outcome.LOGIN),
    "zh 16": ("用户登录", "<form><input name=u><input type=password></form><p>扫码登录</p>", Outcome.LOGIN),
    "ko 17": ("회원 로그인", "<form><input name=u><input type=password></form>", Outcome.LOGIN),
    "en 18": ("Member sign in", "<form><input name=u><input type=password></form>", Outcome.LOGIN),
    "ja 19": ("プライバシー設定", "<p>当サイトではクッキーを使用しています。同意しますか？</p><button>同意する</button>", Outcome.CONSENT),
    "zh 20": ("Cookie 设置", "<p>我们使用 Cookie 来改善您的体验。</p><button>接受全部</button>", Outcome.CONSENT),
    "ko 21": ("개인정보 설정", "<p>저희는 쿠키를 사용합니다. 동의하시겠습니까?</p><button>모두 동의</button>", Outcome.CONSENT),
    "en 22": ("Your privacy", "<p>We and our partners store cookies on your device.</p><button>Agree</button><button>Reject all</button>", Outcome.CONSENT),
    "ja 23": ("エラー", "<p>指定されたページは存在しないか、移動しました。</p>", Outcome.SOFT_404),
    "zh 24": ("出错了", "<p>抱歉，您要查看的页面不存在或已删除。</p>", Outcome.SOFT_404),
    "zh 25": ("提示信息", "<p>该页面无法访问，链接已失效。</p>", Outcome.SOFT_404),
    "ko 26": ("안내", "<p>존재하지 않거나 이동된 페이지입니다.</p>", Outcome.SOFT_404),
    "en 27": ('Oops!', "<p>We can't find the page you're looking for.</p>", Outcome.SOFT_404),
    "en 28": ("Hmm", "<p>This page doesn’t exist. Try searching for something else.</p>", Outcome.SOFT_404),
    "shell": ("App", "<div id=root></div><script src=/static/app.js></script>", Outcome.SHELL),
    "shell noscript": ("App", "<noscript>You need to enable JavaScript to run this app.</noscript><div id=app></div><script></script>", Outcome.SHELL),
    "shell that says so": ("App", "<p>You need to enable JavaScript to run this app.</p><script src=/a.js></script>", Outcome.SHELL),
}  # fmt: skip


@pytest.mark.parametrize(("title", "body", "outcome"), NO_ARTICLES.values(), ids=NO_ARTICLES.keys())
def test_a_page_without_an_article_is_called_what_it_is(title: str, body: str, outcome: Outcome) -> None:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    article = read_page(html.encode(), url="https://news.example/2025/12/a", seen_at=SEEN)
    assert article.outcome is outcome
    assert article.text == ""


EN = (
    "The operators of forty news sites told us how they met the problem, and what it cost them in readers. ",
    "Two of them asked not to be named, because talks with their provider go on and the contract forbids it. ",
    "A librarian in Oslo keeps copies of what she can; her shelf of disks is older than most of the firms. ",
    "Next year a court will hear the first case, brought by a reader who wanted nothing but the weather. ",
)
JA = (
    "編集部が四十の報道サイトの運営者に聞いたところ、対応の経緯と費用について異なる答えが返ってきた。",
    "二社は契約交渉中のため匿名を希望し、残りは数字の公開に同意した。読者の減少は一割前後だった。",
    "オスロの図書館員は、集められる写しを古いディスクに保存し続けている。その棚は多くの企業より古い。",
    "来年には最初の裁判が開かれる。訴えたのは、天気予報を読みたかっただけの一人の読者である。",
)
ZH = (
    "我们采访了四十家新闻网站的运营者，请他们谈谈如何应对这一问题，以及付出了多少成本和读者。",
    "其中两家因仍在与服务商谈判而要求匿名，其余同意公布数字。读者平均减少了大约一成。",
    "奥斯陆的一位图书管理员一直把能找到的副本存进旧硬盘，她的书架比许多公司的历史还要长。",
    "明年法院将审理第一起案件，原告只是一位想看天气预报的普通读者，他说自己等了三年。",
)
KO = (
    "취재진은 마흔 곳의 뉴스 사이트 운영자에게 이 문제에 어떻게 대응했는지, 비용은 얼마였는지 물었다. ",
    "두 곳은 계약 협상 중이라며 익명을 요청했고 나머지는 수치 공개에 동의했다. 독자는 평균 일 할 줄었다. ",
    "오슬로의 한 사서는 구할 수 있는 사본을 낡은 디스크에 모아 둔다. 그 서가는 웬만한 회사보다 오래되었다. ",
    "내년에는 첫 재판이 열린다. 소송을 낸 사람은 날씨를 보고 싶었을 뿐인 평범한 독자다. ",
)
FR = (
    "Les responsables de quarante sites d'information nous ont dit ce que le problème leur a coûté en lecteurs. ",
    "Deux d'entre eux ont demandé l'anonymat, car leur contrat est en cours de négociation avec un prestataire. ",
    "À Oslo, une bibliothécaire garde des copies sur de vieux disques, plus anciens que bien des entreprises. ",
    "L'an prochain, un tribunal entendra la première plainte, déposée par un lecteur qui voulait la météo. ",
)
DE = (
    "Die Betreiber von vierzig Nachrichtenseiten erzählten uns, was das Problem sie an Lesern gekostet hat. ",
    "Zwei von ihnen wollten ungenannt bleiben, weil sie noch mit ihrem Dienstleister über den Vertrag sprechen. ",
    "In Oslo hebt eine Bibliothekarin Kopien auf alten Platten auf, die älter sind als die meisten Firmen. ",
    "Im nächsten Jahr verhandelt ein Gericht den ersten Fall; geklagt hat ein Leser, der nur das Wetter suchte. ",
)

# (headline, a sentence with the very words of the wall, the rest of the article): articles about such pages.
ARTICLES = {
    "bot walls": ("Just a moment: how bot walls took over the web", "“Please enable JS and disable any ad blocker,” the screen says.", EN),
    "captchas": ("Verify you are human: a short history of the captcha", "“Are you a robot?” is asked a billion times a day.", EN),
    "access denied": ("Access denied: libraries fight for the right to archive", "Their crawlers meet “Access to this page has been denied”.", EN),
    "cookie banners": ("We value your privacy, they say: ten years of cookie banners", "“We use cookies” is the best known sentence of the web. Accept all cookies?", EN),
    "login walls": ("Sign in to continue: why sites want your address", "“Please log in” now stands before every second page.", EN),
    "404 pages": ("404: page not found, and other small works of art", "“The page you are looking for does not exist,” says a sad robot.", EN),
    "link rot": ("Page not found: a quarter of cited links are dead", "“This article is no longer available,” says the site.", EN),
    "deleted posts": ("This post has been deleted: what a minister removed", "“This post was deleted by its author,” the service notes.", EN),
    "domain sales": ("This domain is for sale: the trade in old names", "“Buy this domain,” says a parked page that lost its newspaper.", EN),
    "javascript": ("You need to enable JavaScript: the price of empty pages", "“You need to enable JavaScript to run this app” is all a crawler sees.", EN),
    "paywalls": ("Subscribers only: the numbers behind the paywall", "“Subscribe now to continue reading” is what four of five readers see.", EN),
    "traffic": ("Unusual traffic: how a search engine tells people from bots", "“Our systems have detected unusual traffic,” it tells them.", EN),
    "ja walls": ("「ロボットではない」ことの証明に疲れる人々", "画面には「アクセスが拒否されました」と表示される。", JA),
    "ja not found": ("ページが見つかりません、と言われた記事を探して", "「お探しのページは存在しません」と書かれていた。", JA),
    "ja deleted": ("この記事は削除されました――消えるニュースの行方", "「この記事は公開終了しました」という一文だけが残る。", JA),
    "ja members": ("会員限定記事は誰のためか", "「この記事は会員限定です。続きを読むにはログイン」という表示が増えた。", JA),
    "zh risk page": ("环境异常：读者为何打不开公众号文章", "页面提示“当前环境异常，完成验证后即可继续访问。”", ZH),
    "zh deleted": ("“该内容已被发布者删除”背后的故事", "打开链接，只剩一句“该内容已被发布者删除”。", ZH),
    "zh not found": ("页面不存在：消失的网页去了哪里", "浏览器显示“您访问的页面不存在”。", ZH),
    "zh login": ("登录后才能看？网站的新门槛", "“请登录后查看”成了常见提示。", ZH),
    "ko walls": ("로봇이 아닙니다: 사람임을 증명하는 시대", "화면에는 ‘로봇이 아닙니다’라는 문구가 뜬다.", KO),
    "ko not found": ("페이지를 찾을 수 없습니다, 사라지는 기사들", "‘존재하지 않는 페이지입니다’라는 안내만 남는다.", KO),
    "fr walls": ("Vérification de sécurité : le web se ferme aux robots", "« Page introuvable », répond le site.", FR),
    "fr cookies": ("Avant de continuer : la fatigue des bandeaux", "« Nous utilisons des cookies » lit-on partout.", FR),
    "de deleted": ("Der Beitrag wurde gelöscht: was vom Netz bleibt", "„Dieser Artikel wurde gelöscht“, steht dort.", DE),
    "de not found": ("Seite nicht gefunden: wenn Quellen verschwinden", "„Seite nicht gefunden“, meldet der Server.", DE),
}  # fmt: skip


@pytest.mark.parametrize("stated", [True, False], ids=["says it is an article", "says nothing of itself"])
@pytest.mark.parametrize(("headline", "quote", "filler"), ARTICLES.values(), ids=ARTICLES.keys())
def test_an_article_about_such_pages_is_kept(headline: str, quote: str, filler: tuple[str, ...], stated: bool) -> None:
    head = (
        f'<meta property="og:type" content="article"><meta property="og:title" content="{headline}">' if stated else ""
    )
    first, second, *others = filler
    paragraphs = "".join(f"<p>{text}</p>" for text in (f"{quote} {first}", second, *others))
    html = (
        f"<html><head><title>{headline} - Example</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<main><h1>{headline}</h1>{paragraphs}</main><form><input type=password></form></body></html>"
    )
    article = read_page(html.encode(), url="https://news.example/2025/12/a", seen_at=SEEN)
    assert article.outcome is Outcome.OK
    assert article.title == headline
    assert quote in article.text
