"""The standing world (基础数据): places, specialties, majors, schools, training bases and who works for them. Knows no notice and no person's file."""
