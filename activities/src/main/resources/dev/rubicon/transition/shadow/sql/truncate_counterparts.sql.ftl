[#-- Takes away the counterparts of the rows of one partition; a format, whose %s is its name. --]
[#if cleared??]
UPDATE ${target} AS t SET ${cleared} FROM ${partition} f WHERE ${match} AND ${copied}
[#else]
DELETE FROM ${target} t USING ${partition} f WHERE ${match} AND ${copied}
[/#if]
