package command.programs_test

test_allow_find_as_described if holds({
	"command": "find",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-H -L -P -O0 -O1 -O2 -O3 ( ) ! , -a -and -o -or -not -true -false -amin 5K -anewer a -atime 5K -cmin 5K",
			"-cnewer a -ctime 5K -daystart -depth -empty -executable -follow -fstype main -gid 5K -group main",
			"-ignore_readdir_race -ilname x -iname x -inum 5K -ipath x -iregex x -iwholename x -links 5K -lname x -ls",
			"-maxdepth 7 -mindepth 7 -mmin 5K -mount -mtime 5K -name x -newer a -newermt x -newerct x -newerat x -newermm a",
			"-nogroup -noignore_readdir_race -noleaf -nouser -nowarn -path x -perm 644 -print a",
		]),
		concat(" ", [
			"-print0 -printf x -prune -quit -readable -regex x -regextype main -samefile a -size 5k -type f,d -uid 5K -used",
			"5K -user main -warn -wholename x -writable -xdev -xtype f,d --help --version -help -version a",
		]),
	],
	"refused": [
		"-amin x", "-anewer /x", "-atime x", "-cmin x", "-cnewer /x", "-ctime x", "-fstype %", "-gid x", "-group %",
		"-inum x", "-links x", "-maxdepth x", "-mindepth x", "-mmin x", "-mtime x", "-newer /x", "-newermm /x",
		"-perm %", "-regextype %", "-samefile /x", "-size x", "-type x", "-uid x", "-used x", "-user %", "-xtype x",
	],
	"misfits": ["/x"],
})

test_allow_tree_as_described if holds({
	"command": "tree",
	"profiles": ["readonly", "build"],
	"allowed": [
		concat(" ", [
			"-a -d -l -f -x -L 7 -P x -I x --ignore-case --matchdirs --prune --noreport --filelimit 7 -q -N -Q -p -u -g -s",
			"-h --si --du -D -F --inodes --device -v -t -c -U -r --dirsfirst -i -A -S -n -C -X -J --help --version a",
		]),
	],
	"refused": ["-L x", "--filelimit x"],
	"misfits": ["/x"],
	"often": {"-P x": 20, "-I x": 20},
})
