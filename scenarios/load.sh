#lockstep version 1
#lockstep summary Loads and unloads each module that was given
#lockstep memory 1G
#lockstep deadline 3m
#lockstep silence 60s

unload() {
	modprobe -v -r "$1"
	! find_module "$1" || fail "$1 is still there after modprobe -r"
}

step 'modules were given' test -n "$MODULES"
for module in $MODULES; do
	load_module "$module"
	if ! find_module "$module"; then
		[ ! -d "/sys/module/$module_name" ] || skip "unload $module" 'it is built into the kernel'
		continue
	fi
	case $module_line in
	*'[permanent]'*) skip "unload $module" 'it has no way out of the kernel' ;;
	*) step "unload $module" unload "$module" ;;
	esac
done
