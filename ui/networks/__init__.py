"""The networks desk: traces, outages, flows and what-if runs of pipes and cables."""
