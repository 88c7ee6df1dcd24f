"""Questionnaires generated from a framework: only what applies, with what is known filled in; answers are evidence."""
