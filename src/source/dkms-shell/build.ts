/**
 * Shell: patches, PRE_BUILD, MAKE and, once the modules are safe, POST_BUILD, in the order and with
 * the environment of DKMS. A command of dkms.conf fails by its own exit status alone.
 */
export const BUILD = `rm -rf "$build_dir" /out/modules
mkdir -p /out/modules
cp -a "$source_dir/" "$build_dir"
cd "$build_dir"
echo "building $module $module_version for $kernelver"
unset CC CXX CFLAGS CXXFLAGS LDFLAGS
if [ -f "$kernel_source_dir/.kernelvariables" ]; then
  CC=$(printf 'show-%%:\\n\\t@echo $($*)\\ninclude %s\\n' "$kernel_source_dir/.kernelvariables" | make -f - show-CC)
  export CC
fi
use() { command -v "$2" > /dev/null || return 0; export "$1=$2" "KERNEL_$1=$2"; }
compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="*\\([^" ]*\\) .*/\\1/p' "$kernel_config" 2> /dev/null) || :
[ -z "$compiler" ] || use CC "$compiler"
built_by_clang=
if [ -e "$kernel_source_dir/vmlinux" ]; then
  ! readelf -p .comment "$kernel_source_dir/vmlinux" 2>&1 | grep -q clang || built_by_clang=yes
elif grep -q '^CONFIG_CC_IS_CLANG=y' "$kernel_config" 2> /dev/null; then
  built_by_clang=yes
  use CC clang
fi
! grep -q '^CONFIG_LD_IS_LLD=y' "$kernel_config" 2> /dev/null || use LD ld.lld
matches() { [ -n "$1" ] && [[ $kernelver =~ $1 ]]; }
for index in "\${!PATCH[@]}"; do
  file=\${PATCH[index]}
  [ -n "$file" ] || continue
  [ -z "\${PATCH_MATCH[index]}" ] || matches "\${PATCH_MATCH[index]}" || continue
  case patches/$file in */../*) refuse "PATCH[$index]=$file lies outside of patches/" ;; esac
  [ -f "patches/$file" ] || refuse "PATCH[$index]=$file is not there"
  echo "applying $file"
  patch -p1 < "patches/$file"
done
make_command=
[ -n "\${MAKE_MATCH[0]}" ] || make_command=\${MAKE[0]}
for index in "\${!MAKE[@]}"; do
  [ -z "\${MAKE[index]}" ] || ! matches "\${MAKE_MATCH[index]}" || make_command=\${MAKE[index]}
done
[ -n "$make_command" ] || make_command="make -C $kernel_source_dir M=$build_dir"
[ -z "$built_by_clang" ] || make_command="$make_command LLVM=1"
make_command=\${make_command/#make/make -j$jobs KERNELRELEASE=$kernelver}
run_script() {
  [ -n "$2" ] || return 0
  if [ ! -x "$build_dir/\${2%% *}" ]; then
    echo "warning: $1 names \${2%% *}, which is no program of the source, and is passed over"
    return 0
  fi
  (set +e; cd "$build_dir" && eval "$build_dir/$2") || refuse "$1 failed: $2"
}
case $experimental:$PRE_BUILD in
  yes:configure*) [ ! -f META ] || PRE_BUILD="$PRE_BUILD --enable-linux-experimental" ;;
esac
symvers=
for needed in "\${BUILD_DEPENDS[@]}"; do
  file=$dkms_tree/$needed/kernel-$kernelver-$arch/module/Module.symvers
  [ ! -f "$file" ] || symvers="$symvers $file"
done
[ -z "$symvers" ] || export KBUILD_EXTRA_SYMBOLS="\${symvers# }"
run_script PRE_BUILD "$PRE_BUILD"
# Not for the module: make takes MAKE from the environment as its own name.
export -n MAKE
(set +e; cd "$build_dir"; eval "$make_command") || refuse "the build failed: $make_command"`;

/** Shell: takes the modules, and keeps them where POST_BUILD and later modules look for them. */
export const KEEP = `mkdir -p "$base_dir/log" "$base_dir/module"
for index in $wanted; do
  location=\${BUILT_MODULE_LOCATION[index]:-.}
  built=\${location%/}/\${BUILT_MODULE_NAME[index]}.ko
  [ -f "$build_dir/$built" ] || refuse "the build made no $built"
  cp "$build_dir/$built" "/out/modules/\${DEST_MODULE_NAME[index]}.ko"
  cp "$build_dir/$built" "$base_dir/module/\${DEST_MODULE_NAME[index]}.ko"
done
[ ! -f "$build_dir/Module.symvers" ] || cp "$build_dir/Module.symvers" "$base_dir/module"
ln -sfn "$module_version/$kernelver/$arch" "$dkms_tree/$module/kernel-$kernelver-$arch"
run_script POST_BUILD "$POST_BUILD"
rm -rf "$build_dir"
`;
