"""Annual school statistics (教育事业统计, 教基 tables): read, and written from people.

Two kinds of files: a workbook a school with a sheet per table, and a workbook a stage for the
whole district. Which cell feeds which term is told in `rules/annual_statistics/<id>.toml`.

`recognition` tells such files from others, `reading` is the way in, `people` and `writing` the way
out. Nothing is imported here: recognising a file must cost next to nothing.
"""
