/**
 * Shell: unpacks `$package` (deb, rpm or tar), finds its dkms.conf and puts the source where DKMS
 * has it, in `/usr/src/NAME-VERSION`. A package that lies there already under another name than
 * its dkms.conf says is built under that one, as its own scripts call DKMS with it.
 */
export const UNPACK = `carried=/build/carried
rm -rf "$carried" && mkdir -p "$carried"
case $package in
  *.deb)
    if command -v dpkg-deb > /dev/null; then
      dpkg-deb --fsys-tarfile "$package" | tar -x -C "$carried"
    else
      data=$(ar t "$package" | grep '^data\\.tar')
      ar p "$package" "$data" > "/build/$data" && tar -xf "/build/$data" -C "$carried"
    fi ;;
  *.rpm) rpm2cpio "$package" | (cd "$carried" && cpio -idm --quiet) ;;
  *) tar -xf "$package" -C "$carried" ;;
esac
conf=
[ ! -f "$carried/dkms.conf" ] || conf=$carried/dkms.conf
[ -n "$conf" ] || conf=$(find "$carried" -name dkms.conf -path '*/usr/src/*' | sort | head -n 1)
[ -n "$conf" ] || conf=$(find "$carried" -maxdepth 3 -name dkms.conf | sort | head -n 1)
[ -n "$conf" ] || refuse 'the package ships no dkms.conf'
mkdir -p "$source_tree"
module=
module_version=
read_conf "$conf"
[ -n "$PACKAGE_NAME" ] || refuse 'its dkms.conf gives no PACKAGE_NAME'
[ -n "$PACKAGE_VERSION" ] || refuse 'its dkms.conf gives no PACKAGE_VERSION'
case $PACKAGE_NAME$PACKAGE_VERSION in
  *[/[:space:]]*) refuse "its dkms.conf gives the name $PACKAGE_NAME and the version $PACKAGE_VERSION, which are no folders" ;;
esac
module=$PACKAGE_NAME
module_version=$PACKAGE_VERSION
case $conf in
  "$carried$source_tree"/*)
    cp -a "$carried$source_tree/." "$source_tree"
    [ ! -d "$carried/etc" ] || cp -a "$carried/etc/." /etc
    source_dir=$(dirname "\${conf#"$carried"}")
    case \${source_dir##*/} in
      "$PACKAGE_NAME"-*) module_version=\${source_dir##*/"$PACKAGE_NAME"-} ;;
      *-"$PACKAGE_VERSION") module=\${source_dir##*/}; module=\${module%-"$PACKAGE_VERSION"} ;;
    esac ;;
  *) source_dir=$(dirname "$conf") ;;
esac
if [ "$source_dir" != "$source_tree/$module-$module_version" ]; then
  rm -rf "$source_tree/$module-$module_version"
  cp -a "$source_dir" "$source_tree/$module-$module_version"
fi
rm -rf "$carried"
rm -rf "$dkms_tree/$module/$module_version"
mkdir -p "$dkms_tree/$module/$module_version"
ln -s "$source_tree/$module-$module_version" "$dkms_tree/$module/$module_version/source"
source_dir=$dkms_tree/$module/$module_version/source
build_dir=$dkms_tree/$module/$module_version/build
base_dir=$dkms_tree/$module/$module_version/$kernelver/$arch
read_conf "$source_dir/dkms.conf"
number_modules`;
