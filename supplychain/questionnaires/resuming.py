"""Going on with a draft: its form in any language, what it says filled in over what is known."""

from collections.abc import Mapping
from typing import Any

from supplychain.questionnaires import drafts, form
from supplychain.questionnaires.asking import Questionnaire
from supplychain.questionnaires.models import QuestionnaireDraft
from supplychain.work import Work

Item = dict[str, Any]
_GENERAL = ("observed_from", "observed_to", "source")


def query_of(work: Work, row: QuestionnaireDraft, query: Mapping[str, Any]) -> Item:
    """What a questionnaire is asked for, of the framework and the organization of a draft."""
    return {**query, "framework": row.framework, "organization": drafts.subject(work, row).id}


def form_of(work: Work, row: QuestionnaireDraft, found: Questionnaire, language: str, mode: str) -> Item:
    """The form of a draft; ``beside`` names the answers that it keeps to what the form does not ask."""
    made = form.form(found, language, mode)
    asked = made["json_schema"]["properties"]
    data, beside = laid_over(made["data"], row.content, asked)
    [listed] = drafts.represent(work, [row])
    return {**made, "data": data, "beside": beside, "replaced_by": listed["replaced_by"]}


def laid_over(known: Item, content: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[Item, list[str]]:
    """What a draft says over what is known, as far as a form asks it, and the names of what the form does not ask."""
    data, beside = dict(known), []
    for part in drafts.BY_NAME:
        names = asked.get(part, {}).get("properties", {})
        said = content[part]
        merged = {**known.get(part, {}), **{name: given for name, given in said.items() if name in names}}
        if merged or part == "answers":
            data[part] = merged
        beside += [name for name in said if name not in names]
    return {**data, **{name: content[name] for name in _GENERAL if content.get(name)}}, beside
