/**
 * Shell: judges the BUILD_EXCLUSIVE directives as DKMS does (dkms 3.3, whose directives with an
 * index leave out one module alone), as `exclusionsOf` does before anything is built. Leaves in
 * `wanted` the indexes of the modules to build, and refuses a kernel for which there is none.
 */
export const EXCLUDE = `padded() { sed -E ':a; s/(^|[^0-9])([0-9]{1,2})($|[^0-9])/\\10\\2\\3/; ta' <<< "$1"; }
kernel_config=$kernel_source_dir/include/config/auto.conf
[ -e "$kernel_config" ] || kernel_config=$kernel_source_dir/.config
# Prints the condition by which the directives of this index leave the module out.
excluded() {
  local directive value option at=$1
  [ -n "\${BUILD_EXCLUSIVE_KERNEL_MAX[*]}" ] || BUILD_EXCLUSIVE_KERNEL_MAX=$OBSOLETE_BY
  value=\${BUILD_EXCLUSIVE_KERNEL[at]}
  if [ -n "$value" ] && ! [[ $kernelver =~ $value ]]; then
    echo "BUILD_EXCLUSIVE_KERNEL=$value does not match it"; return
  fi
  value=\${BUILD_EXCLUSIVE_KERNEL_MIN[at]}
  if [ -n "$value" ] && [[ $(padded "$kernelver") < $(padded "$value") ]]; then
    echo "BUILD_EXCLUSIVE_KERNEL_MIN=$value, and it is older"; return
  fi
  value=\${BUILD_EXCLUSIVE_KERNEL_MAX[at]}
  if [ -n "$value" ] && [ "$experimental" = no ] && [[ $(padded "$kernelver") > $(padded "$value") ]]; then
    echo "BUILD_EXCLUSIVE_KERNEL_MAX=$value, and it is newer"; return
  fi
  value=\${BUILD_EXCLUSIVE_ARCH[at]}
  if [ -n "$value" ] && ! [[ $arch =~ $value ]]; then
    echo "BUILD_EXCLUSIVE_ARCH=$value does not match $arch"; return
  fi
  [ -e "$kernel_config" ] || return 0
  for option in \${BUILD_EXCLUSIVE_CONFIG[at]}; do
    if grep -q "^\${option#!}=[ym]" "$kernel_config"; then
      [ "$option" = "\${option#!}" ] || { echo "BUILD_EXCLUSIVE_CONFIG=$option, and it has \${option#!}"; return; }
    else
      [ "$option" != "\${option#!}" ] || { echo "BUILD_EXCLUSIVE_CONFIG=$option, and it has no $option"; return; }
    fi
  done
}
wanted=
for ((index = 0; index < modules; index++)); do
  reason=$(excluded 0)
  [ -n "$reason" ] || reason=$(excluded "$index")
  [ -n "$reason" ] || { wanted="$wanted $index"; continue; }
  echo "\${BUILT_MODULE_NAME[index]} is left out of the modules for $kernelver: $reason"
done
[ -n "$wanted" ] || refuse "Linux $kernelver is excluded by dkms.conf: $reason"
for needed in "\${BUILD_DEPENDS[@]}"; do
  [ -z "$needed" ] || [ "$asking" = yes ] || [ -e "$dkms_tree/$needed/kernel-$kernelver-$arch" ] ||
    refuse "BUILD_DEPENDS on $needed, which no module of the stream before it is"
done`;
