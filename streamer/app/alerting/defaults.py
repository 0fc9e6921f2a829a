"""What is said about an alert where nobody wrote a template: orders to the persona, and words to be spoken as they are.

By language and kind of the core. Of several orders the first one for which everything is
known is used, of several words any one; a number that is one counts as not known.
"""

from collections.abc import Mapping

OWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "raid": (
            "{name} has just raided the show with {count} viewers. Thank {name} by name and welcome all who came.",
            "{name} has just raided the show. Thank {name} by name and welcome all who came.",
        ),
        "member_new": ("{name} has just subscribed. Thank {name} by name.",),
        "resub": ("{name} has been subscribed for {months} months. Thank {name} by name.",
                  "{name} has renewed the subscription. Thank {name} by name."),
        "milestone": ("{name} has been a member for {months} months. Thank {name} by name.",
                      "{name} has renewed the membership. Thank {name} by name."),
        "gift_batch": ("{name} has just given {count} subscriptions to others. Thank {name} by name, once for all.",
                       "{name} has just given a subscription to somebody else. Thank {name} by name."),
        "cheer": ("{name} has cheered {bits} bits. Thank {name} by name and answer what was written, if there is any.",
                  "{name} has cheered. Thank {name} by name and answer what was written, if anything was."),
        "superchat": (
            "{name} has sent {amount}. Thank {name} by name and answer what was written, if anything was.",
            "{name} has sent a paid message. Thank {name} by name and answer what was written, if anything was.",
        ),
        "sticker": ("{name} has sent a sticker for {amount}. Thank {name} by name.",
                    "{name} has sent a paid sticker. Thank {name} by name."),
        "follow": ("{name} follows the channel from now on. Welcome {name} by name.",),
        "redemption": (
            "{name} has redeemed the reward “{reward}” with channel points. React to it, and to what was written.",
            "{name} has redeemed a reward with channel points. React to it.",
        ),
    },
    "ja": {
        "raid": (
            "{name}さんが{count}人を連れてレイドしてくれました。名前を呼んでお礼を言い、来てくれた人を歓迎してください。",
            "{name}さんがレイドしてくれました。名前を呼んでお礼を言い、来てくれた人を歓迎してください。",
        ),
        "member_new": ("{name}さんがサブスクしてくれました。名前を呼んでお礼を言ってください。",),
        "resub": ("{name}さんのサブスクが{months}か月になりました。名前を呼んでお礼を言ってください。",
                  "{name}さんがサブスクを継続してくれました。名前を呼んでお礼を言ってください。"),
        "milestone": ("{name}さんのメンバー歴が{months}か月になりました。名前を呼んでお礼を言ってください。",
                      "{name}さんがメンバーシップを継続してくれました。名前を呼んでお礼を言ってください。"),
        "gift_batch": (
            "{name}さんがサブスクを{count}個ギフトしてくれました。名前を呼んで、まとめて一度だけお礼を言ってください。",
            "{name}さんがサブスクをギフトしてくれました。名前を呼んでお礼を言ってください。",
        ),
        "cheer": (
            "{name}さんが{bits}ビッツをチアしてくれました。名前を呼んでお礼を言い、メッセージがあれば答えてください。",
            "{name}さんがチアしてくれました。名前を呼んでお礼を言い、メッセージがあれば答えてください。",
        ),
        "superchat": (
            "{name}さんが{amount}のスーパーチャットを送ってくれました。名前を呼んでお礼を言い、メッセージがあれば答えてください。",
            "{name}さんがスーパーチャットを送ってくれました。名前を呼んでお礼を言い、メッセージがあれば答えてください。",
        ),
        "sticker": (
            "{name}さんが{amount}のスーパーステッカーを送ってくれました。名前を呼んでお礼を言ってください。",
            "{name}さんがスーパーステッカーを送ってくれました。名前を呼んでお礼を言ってください。",
        ),
        "follow": ("{name}さんがフォローしてくれました。名前を呼んで歓迎してください。",),
        "redemption": (
            "{name}さんがチャンネルポイントで「{reward}」を引き換えました。それに反応し、メッセージがあれば答えてください。",
            "{name}さんがチャンネルポイントのリワードを引き換えました。それに反応してください。",
        ),
    },
}  # fmt: skip

EXACT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "raid": ("Thank you for the raid, {name}! Welcome, all {count} of you!",
                 "{name} brings {count} viewers. Welcome, everybody!", "Thank you for the raid, {name}!"),
        "member_new": ("Thank you for subscribing, {name}!", "Welcome among the subscribers, {name}!"),
        "resub": ("{months} months, {name}! Thank you!", "Thank you for staying with us, {name}!"),
        "milestone": ("{months} months, {name}! Thank you!", "Thank you for staying with us, {name}!"),
        "gift_batch": ("{name} gives {count} subscriptions away. Thank you!",
                       "Thank you, {name}, for {count} gifted subscriptions!", "Thank you for the gift, {name}!"),
        "cheer": ("Thank you for {bits} bits, {name}!", "Thank you for cheering, {name}!"),
        "superchat": ("Thank you for {amount}, {name}!", "Thank you for your support, {name}!"),
        "sticker": ("Thank you for the sticker, {name}!",),
        "follow": ("Welcome, {name}!", "Thank you for following, {name}!"),
        "redemption": ("{name} redeems {reward}!", "Thank you, {name}!"),
    },
    "ja": {
        "raid": ("{name}さん、レイドありがとうございます！{count}人のみなさん、ようこそ！",
                 "{name}さん、レイドありがとうございます！みなさん、ようこそ！"),
        "member_new": ("{name}さん、サブスクありがとうございます！",),
        "resub": ("{name}さん、{months}か月ありがとうございます！", "{name}さん、継続ありがとうございます！"),
        "milestone": ("{name}さん、{months}か月ありがとうございます！", "{name}さん、継続ありがとうございます！"),
        "gift_batch": ("{name}さん、{count}個のギフト、ありがとうございます！",
                       "{name}さん、ギフトありがとうございます！"),
        "cheer": ("{name}さん、{bits}ビッツありがとうございます！", "{name}さん、チアありがとうございます！"),
        "superchat": ("{name}さん、{amount}ありがとうございます！",
                      "{name}さん、スーパーチャットありがとうございます！"),
        "sticker": ("{name}さん、ステッカーありがとうございます！",),
        "follow": ("{name}さん、フォローありがとうございます！",),
        "redemption": ("{name}さんが「{reward}」を引き換えました！", "{name}さん、ありがとうございます！"),
    },
}  # fmt: skip

NOBODY = {"en": "somebody", "ja": "どなたか"}
"""Who gives without a name."""
CURRENCIES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "USD": ("dollar", "dollars"), "EUR": ("euro", "euros"), "GBP": ("pound", "pounds"), "JPY": ("yen", "yen"),
        "KRW": ("won", "won"), "CAD": ("Canadian dollar", "Canadian dollars"), "BRL": ("real", "reais"),
        "AUD": ("Australian dollar", "Australian dollars"), "MXN": ("Mexican peso", "Mexican pesos"),
        "INR": ("rupee", "rupees"), "TWD": ("Taiwan dollar", "Taiwan dollars"),
        "PHP": ("Philippine peso", "Philippine pesos"), "HKD": ("Hong Kong dollar", "Hong Kong dollars"),
    },
    "ja": {
        "USD": ("ドル", "ドル"), "EUR": ("ユーロ", "ユーロ"), "GBP": ("ポンド", "ポンド"), "JPY": ("円", "円"),
        "KRW": ("ウォン", "ウォン"), "CAD": ("カナダドル", "カナダドル"), "TWD": ("台湾ドル", "台湾ドル"),
    },
}  # fmt: skip
