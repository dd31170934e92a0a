"""Print (打印): official forms as PDF from HTML templates, with pinned fonts, so that every machine prints the same.

`engine` renders, `pictures` and `fonts` help, `forms` knows the application form. Import them from there: WeasyPrint takes most of a second to
import, and the programs that never print (worker, beat, migrations) must not wait for it.
"""
