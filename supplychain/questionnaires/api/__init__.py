"""Routes of questionnaires, their drafts and their workbooks."""

from supplychain.questionnaires.api import answers, drafts, workbooks

BLUEPRINTS = (answers.blp, drafts.blp, workbooks.blp)
