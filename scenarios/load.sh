#lockstep version 1
#lockstep summary Loads and unloads each module that was given
#lockstep memory 1G
#lockstep deadline 3m
#lockstep silence 60s

load() {
	modprobe -v "$1"
	find_module "$1" || [ -d "/sys/module/$module_name" ] || fail "$1 is not there after modprobe"
}

unload() {
	modprobe -v -r "$1"
	! find_module "$1" || fail "$1 is still there after modprobe -r"
}

step 'modules were given' test -n "$MODULES"
for module in $MODULES; do
	step "load $module" load "$module"
	find_module "$module"
	case $module_line in
	'') skip "unload $module" 'it is built into the kernel' ;;
	*'[permanent]'*) skip "unload $module" 'it has no way out of the kernel' ;;
	*) step "unload $module" unload "$module" ;;
	esac
done
