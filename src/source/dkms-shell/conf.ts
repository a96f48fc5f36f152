/**
 * Shell functions that read a dkms.conf as DKMS does (dkms 3.2). A shell apart sources the file
 * and what overrides it in /etc/dkms, so that nothing but directives comes of it; their values are
 * evaluated once more here, joined to one line and without the carriage return of a CRLF file.
 * OpenZFS counts on the second evaluation, in which `kernel_source_dir` and the like are known.
 */
export const READ_CONF = `directives='PACKAGE_NAME PACKAGE_VERSION PRE_BUILD POST_BUILD BUILD_DEPENDS
  BUILD_EXCLUSIVE_ARCH BUILD_EXCLUSIVE_CONFIG BUILD_EXCLUSIVE_KERNEL BUILD_EXCLUSIVE_KERNEL_MIN
  BUILD_EXCLUSIVE_KERNEL_MAX OBSOLETE_BY MAKE MAKE_MATCH PATCH PATCH_MATCH BUILT_MODULE_NAME
  BUILT_MODULE_LOCATION DEST_MODULE_NAME DEST_MODULE_LOCATION'
print_directives() {
  set -f
  IFS=$' \\t\\n'
  for _directive in $directives; do
    declare -n _values=$_directive
    for _index in "\${!_values[@]}"; do
      echo "$_directive[$_index]=\\""\${_values[_index]%$'\\r'}\\"
    done
  done
}
read_conf() {
  local file said=/build/directives
  unset $directives
  for file in "$1" "/etc/dkms/$module.conf" "/etc/dkms/$module-$module_version.conf" \\
    "/etc/dkms/$module-$module_version-$kernelver.conf" \\
    "/etc/dkms/$module-$module_version-$kernelver-$arch.conf" \\
    "/etc/dkms/$module--$kernelver.conf" "/etc/dkms/$module--$kernelver-$arch.conf"; do
    [ -e "$file" ] || continue
    (set +e; cd /; exec 3> "$said"; . "$file" > /dev/null; print_directives >&3) || :
    set +e
    . "$said"
    set -e
  done
}
number_modules() {
  local index
  modules=0
  for index in "\${!BUILT_MODULE_NAME[@]}" "\${!BUILT_MODULE_LOCATION[@]}" \\
    "\${!DEST_MODULE_NAME[@]}" "\${!DEST_MODULE_LOCATION[@]}"; do
    [ "$index" -lt "$modules" ] || modules=$((index + 1))
  done
  [ "$modules" -gt 0 ] || modules=1
  [ "$modules" -gt 1 ] || BUILT_MODULE_NAME[0]=\${BUILT_MODULE_NAME[0]:-$PACKAGE_NAME}
  for ((index = 0; index < modules; index++)); do
    [ -n "\${BUILT_MODULE_NAME[index]}" ] || refuse "its dkms.conf gives no BUILT_MODULE_NAME[$index]"
    DEST_MODULE_NAME[index]=\${DEST_MODULE_NAME[index]:-\${BUILT_MODULE_NAME[index]}}
  done
  [ -z "$(printf '%s\\n' "\${DEST_MODULE_NAME[@]}" | sort | uniq -d)" ] ||
    refuse 'its dkms.conf names a module twice'
}`;
