"""The few sentences that platforms add around what the desk says, in the languages Livedesk speaks.

The desk words its own messages; these belong to the drawing (an erased quote, "and 3 more") and to the edge (an
answer that could not be given).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desk.messages import Severity


@dataclass(frozen=True, slots=True)
class Phrases:
    severities: Mapping[Severity, str]
    erased: str
    no_words: str
    translated_by: str  # {provider}
    translated_from: str  # {language}
    by_glossary: str
    translating: str
    not_translated: str
    more: str  # {n}
    chart_missing: str  # {finding}
    unlinked: str  # {name}
    watch: str
    edited: str
    deleted: str
    share: str
    shared_by: str  # {name}, {command}
    confirm: str
    cancel: str
    updated: str
    close: str
    result: str
    slow: str
    failed: str  # {reference}


ENGLISH = Phrases(
    severities={"P1": "P1 · urgent", "P2": "P2 · important", "P3": "P3 · for information"},
    erased="Erased at the viewer's request",
    no_words="(nothing that can be shown)",
    translated_by="translated by {provider}",
    translated_from="from {language}",
    by_glossary="your glossary",
    translating="translating",
    not_translated="not translated",
    more="… and {n} more",
    chart_missing="The chart could not be added. What it shows: {finding}",
    unlinked="{name} (not linked to this chat)",
    watch="watch it",
    edited="edited",
    deleted="deleted",
    share="Share to Channel",
    shared_by="Shared by {name} · {command}",
    confirm="Are you sure?",
    cancel="Cancel",
    updated="Updated",
    close="Close",
    result="Done",
    slow="This takes longer than usual. /oncall log shows whether it was done.",
    failed="Livedesk could not do this just now. Please try again in a minute; "
    "if it happens again, give your admin the reference {reference}.",
)

CHINESE = Phrases(
    severities={"P1": "P1 · 紧急", "P2": "P2 · 重要", "P3": "P3 · 供参考"},
    erased="已应观众要求删除",
    no_words="（没有可显示的内容）",
    translated_by="由 {provider} 翻译",
    translated_from="译自{language}",
    by_glossary="团队术语表",
    translating="正在翻译",
    not_translated="未翻译",
    more="……另有 {n} 项",
    chart_missing="图表未能添加。图表内容：{finding}",
    unlinked="{name}（未关联此聊天）",
    watch="观看这一刻",
    edited="已编辑",
    deleted="已删除",
    share="分享到频道",
    shared_by="由 {name} 分享 · {command}",
    confirm="确定吗？",
    cancel="取消",
    updated="更新于",
    close="关闭",
    result="结果",
    slow="处理时间比平时长。/oncall log 会显示是否已完成。",
    failed="Livedesk 暂时无法完成此操作。请稍后重试；如再次出现，请将编号 {reference} 告知管理员。",
)


def phrases(locale: str) -> Phrases:
    """The phrases for `en`, `en-US`, `zh_CN`, `zh-Hans-CN`…; English for a locale we do not speak."""
    return CHINESE if locale.replace("-", "_").lower().split("_")[0] == "zh" else ENGLISH
