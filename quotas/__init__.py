"""Plan and quotas (招收计划): how many seats each base has in each specialty, how they move, and how many are taken. Knows no applicant."""
