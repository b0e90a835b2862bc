"""Pure computation: values in, values out. No web framework, no clock, no network, no chance."""
