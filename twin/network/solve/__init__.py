"""Solving: flows by pandapower and pandapipes in a process of their own, started when first needed."""
