"""Insights as pages show them: one question each, with its answer in a sentence, few charts, and the list behind it."""
