"""Personal data (个人信息): sealed at rest, found by a blind index, shown masked, revealed with a reason. PIPL art. 28."""
