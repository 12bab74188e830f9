"""Sales-process primitives: values, records, a stage machine, metrics."""
