# Makes a C table of strings of the SQL files named: one entry for each file, comment lines left out.
BEGIN {
    print "/* Made from src/store/schema/ by embed.awk. */"
    print "#include \"config.h\"\n"
    print "#include \"store/schema.h\"\n"
    print "const char *const schema_steps[] = {"
}
FNR == 1 && NR > 1 { print "    ," }
/^[ \t]*--/ || /^[ \t]*$/ { next }
{
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    printf "    \"%s\\n\"\n", $0
}
END { print "    , NULL\n};" }
