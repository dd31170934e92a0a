"""The audit (审计): who did what, when; append-only, in the transaction of the effect, chained by seals."""
