"""What commands and `make run` say in English, by the Chinese that stands in their code."""

from collections.abc import Mapping

from .outcome import Failure

SENTENCES: Mapping[str, str] = {
    "该公众号提供的服务出现故障，请稍后再试": (
        "The service of this account is out of order, please try again later"
    ),
    "（没有回复）": "(no answer)",
    "（用户已取消关注，看不到回复）": "(the user has unfollowed and sees no answer)",
    "（由客服 {agent} 接待，没有推送给公众号）": (
        "(the agent {agent} has the user, so nothing was pushed to the account)"
    ),
    "[图片]": "[Picture]",
    "[语音]": "[Voice]",
    "[视频]": "[Video]",
    "[小视频]": "[Short video]",
    "[位置] {Label}": "[Location] {Label}",
    "[链接] {Title}": "[Link] {Title}",
    "[文件] {Title}": "[File] {Title}",
    "[{MsgType}]": "[{MsgType}]",
    "关注了公众号": "followed the account",
    "扫描二维码“{scene}”关注了公众号": "followed by the QR code “{scene}”",
    "取消关注了公众号": "unfollowed the account",
    "扫描了二维码“{EventKey}”": "scanned the QR code “{EventKey}”",
    "点击菜单 {EventKey}": "tapped the menu: {EventKey}",
    "打开菜单链接 {EventKey}": "opened a menu link: {EventKey}",
    "事件 {Event}": "event {Event}",
    "第 {number} 次推送": "Delivery {number}",
    "无响应": "no response",
    "状态码 {status}": "status {status}",
    "{milliseconds} 毫秒": "{milliseconds} ms",
    "{title}：": "{title}:",
    "（{seconds:g} 秒后仍未处理完）": "(still under way after {seconds:g} seconds)",
    "（执行失败，稍后重试：{error}）": "(a try failed and comes again: {error})",
    "（等用户的下一条消息才能发：{reason}）": "(waits for the user's next message: {reason})",
    "（回复被丢弃：{reason}）": "(the answer was dropped: {reason})",
    "（处理失败：{reason}）": "(the handler failed: {reason})",
    "（任务失败，成了死信：{reason}）": "(the job failed and is a dead letter now: {reason})",
    "（客服消息）{text}": "(customer service message) {text}",
    "一致": "same",
    "不一致": "different",
    "预期": "expected",
    "实际": "actual",
    "运行结束": "returned",
    "运行失败": "failed",
    "Token 验证成功": "The token is verified",
    "Token 验证失败": "The token is not verified",
    "图片": "Picture",
    "语音": "Voice",
    "视频": "Video",
    "音乐": "Music",
    "图文": "Article",
    "卡券": "Card",
    "小程序": "Mini program",
    "模板消息": "Template message",
    "订阅通知": "Subscribe message",
    "已转接人工客服": "Transferred to customer service staff",
    "推送": "Push",
    "推送（明文）": "Push (plain)",
    "推送（密文）": "Push (encrypted)",
    "回复": "Reply",
    "回复（明文）": "Reply (plain)",
    "回复（密文）": "Reply (encrypted)",
    "响应": "Response",
    "--wait 要用 `make run` 的手机，但这个公众号和后端没有。请先启动它；演练时请去掉 --wait。": (
        "--wait asks the phone of `make run`, and none runs for this account and backend. Start "
        "it; in a rehearsal, leave out --wait."
    ),
    "没有 {console}。请先运行 `make run`，或用 --console 指定它的路径。": (
        "There is no {console}. Run `make run` first, or give its path with --console."
    ),
    "{console} 里没有公众号。": "{console} does not hold an account.",
    "{console} 里的 encoding_aes_key 不对。": "The encoding_aes_key in {console} is bad: {why}.",
    "请写成 http://HOST:PORT/PATH 或 https://…": ("write it as http://HOST:PORT/PATH or https://…"),
    "端口 {port} 无法使用。请用 --port 换一个。": (
        "Port {port}: {why}. Choose another with --port."
    ),
    "例如：{example}": "Write, for example: {example}",
    "可选：{names}": "There are: {names}",
    "请加上 on 或 off：faults {name} on": "Add on or off: faults {name} on",
    "请写成 FIELD=VALUE，而不是 {written!r}": "write FIELD=VALUE, not {written!r}",
    "端口 {port} 上没有模拟微信。请用 `make run` 启动，或用 --phone-port 指定端口。": (
        "WeChat's side does not run at port {port}. Start it with `make run`, or give its port "
        "with --phone-port."
    ),
    "后端": "the backend",
    "手机": "the phone",
    "后端进程": "The backend",
    "手机进程": "The phone",
    "worker 进程": "The worker",
    "手机：在这里给公众号发消息": "the phone: write to the account here",
    "后端：微信把推送发到这里": "the backend, as WeChat sees it",
    "AWS：密钥在 SSM 的 {path} 下": "AWS: the secrets are in SSM under {path}",
    "公众号说什么，写在 chalicelib/handlers/ 里，保存后一秒生效。": (
        "What the account says is in chalicelib/handlers/. A save is live in a second."
    ),
    "按 Ctrl-C 全部结束。账号、密钥和数据表留在 .local/ 里。": (
        "Ctrl-C ends it all. Account, secrets and tables stay in .local/."
    ),
    "已重新加载。": "Reloaded.",
    "{name}已结束，改好并保存就会重新启动。": ("{name} ended; save a change to start it again."),
    "{name}意外结束（{how}）。": "{name} ended unexpectedly ({how}).",
    "退出码 {code}": "exit code {code}",
    "{log} 的末尾：": "The end of {log}:",
    "{name}在 {seconds} 秒内没有响应。": "{name} did not answer within {seconds} seconds.",
    "{wanted_by}要用的端口 {port} 无法使用，可能已被占用。请换一个：{program} {variable}=<端口>": (
        "Port {port}, which {wanted_by} wants, cannot be used: {why}. Choose another one: "
        "{program} {variable}=<port>"
    ),
    "这个目录里已有一个 `{program}` 在运行：请直接用它，或按 Ctrl-C 结束它；另开一个要换目录。": (
        "Another `{program}` runs in this folder. Use that one, or end it with Ctrl-C; a second "
        "one needs a folder of its own."
    ),
    "CloudFormation 拒绝了 {template}：{error}": "CloudFormation refuses {template}: {error}",
    "正在把 {file} 列出的依赖装进 {venv} ...": "Installing what {file} names into {venv} ...",
    "  已找到 {number} 个，正在看 {name}": "  {number} found, now {name}",
    "  正在安装 {number} 个": "  {number} to install",
    "pip 没能全部安装，原因见上。": "pip could not install everything; see above.",
    "安装完成，用时 {seconds:.0f} 秒。": "Installed in {seconds:.0f} s.",
}

REASONS: Mapping[Failure, str] = {
    Failure.TOO_LATE: "no answer in time, so WeChat hung up",
    Failure.NOT_THERE: (
        "cannot reach the backend at {url}; start `make run`, or see in its terminal what is wrong"
    ),
    Failure.CUT: "the connection broke",
    Failure.BAD_STATUS: "the status is not 200",
    Failure.NOT_A_REPLY: "neither success, nor empty, nor XML",
    Failure.NOT_ENCRYPTED: "in safe mode a reply must be encrypted",
    Failure.BAD_SIGNATURE: "the reply's MsgSignature is wrong",
    Failure.UNDECRYPTABLE: "the reply cannot be decrypted",
    Failure.NOT_ADDRESSED: "ToUserName or FromUserName of the reply is wrong",
    Failure.BAD_CREATE_TIME: "CreateTime of the reply is not a whole number",
    Failure.UNKNOWN_KIND: "MsgType of the reply is not one of the seven",
    Failure.INCOMPLETE: "the reply lacks a field",
    Failure.TOO_LONG: "the text is longer than 2048 bytes",
}

FAULTS: Mapping[str, str] = {
    "api-unauthorized": (
        "The account has no customer service API (unverified): sending answers 48001"
    ),
    "ip-not-whitelisted": (
        "The backend's address is not on the IP whitelist: calls answer 40164 with the address"
    ),
    "quota-exhausted": "The daily quota is used up: calls answer 45009",
    "window-closed": "The reply window has closed: sending answers 45015",
    "system-busy": "WeChat is busy: all calls answer -1",
    "token-expired": "An access token expires after its first use: the second answers 42001",
    "secret-rotated": (
        "微信开发者平台 has a new AppSecret that the backend lacks: token calls answer 40125"
    ),
    "api-latency": "All calls take {} seconds longer",
    "api-cut-before": (
        "The connection breaks while a message is sent or a code is exchanged, and WeChat has not "
        "received the request"
    ),
    "api-cut-after": (
        "The connection breaks while a message is sent or a code is exchanged, but WeChat has "
        "received the request"
    ),
    "authorize-too-often": "Web authorization is requested too often: WeChat's page says 10009",
    "responses-lost": "The first {} responses to each push are lost on the way",
    "network-latency": "Pushes and responses travel {} seconds each way",
    "fourth-delivery": "A push without an answer is delivered 4 times instead of 3",
    "clock-skew": "WeChat's clock is {} seconds fast: beyond 300, pushes are refused",
    "worker-killed": (
        "The worker is killed and not restarted: slow answers come when this is off (make run only)"
    ),
    "queue-down": (
        "The queue (SQS) cannot be reached: pushes that need a job wait for the next delivery "
        "(make run only)"
    ),
}
