"""The planner's desk: variants and phases, sketches, measures, analyses, indicators, comparisons, reports."""
