"""Branches: timelines that fork from the plant's, with models in the place of devices, and go their own way."""

from xushi.runtime.branches._record import Branch, Edit, branch_record, branches, read_branch

__all__ = ["Branch", "Edit", "branch_record", "branches", "read_branch"]
