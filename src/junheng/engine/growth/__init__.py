"""Value-added models: how far a school or class is above what earlier marks foretell.

`fit(source, model)` estimates a linear mixed model from a table: fixed effects of covariates,
random intercepts and slopes of groups, nested (class within school) or crossed (pupil and teacher),
by restricted or full maximum likelihood. Rows are read once: a nested model needs only the sums of
each group, so that a million pupils cost one scan.
"""

from junheng.engine.growth.fitting import Effect, Fit, Fixed, Variance, fit
from junheng.engine.growth.model import Factor, Model, model_of

__all__ = ["Effect", "Factor", "Fit", "Fixed", "Model", "Variance", "fit", "model_of"]
