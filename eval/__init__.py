"""Is it any good: gold sets, metrics, runs, reports, benchmarks, the sample corpus."""
