"""Allocation (录取与调剂运算): the pure heart of admission. Knows no Django, no clock, no chance.

`problem` reads the contract strictly · `order` holds the strict order of applications · `engine` solves · `explain` says why, in Chinese ·
`verify` checks a result with code of its own · `canonical` and `lottery` make records and tie-breaks reproducible by anyone.
"""
