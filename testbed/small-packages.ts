/** Two versions of a small service with one dependency, which images can take as a user's package. */
export const SMALL_PACKAGES: readonly string[] = ['1.0', '2.0'].map(helloSpec);

function helloSpec(version: string): string {
  return `Name: hello-testbed
Version: ${version}
Release: 1
Summary: A service that says hello
License: Apache-2.0
BuildArch: noarch
Requires: hello-testbed-data = %{version}-%{release}
Requires: systemd

%description
Writes a line into the journal when the machine starts.

%package data
Summary: What hello-testbed says
%description data
What hello-testbed says.

%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/systemd/system %{buildroot}/usr/share/hello-testbed
echo 'hello from ${version}' > %{buildroot}/usr/share/hello-testbed/text
cat > %{buildroot}/usr/bin/hello-testbed <<'END'
#!/bin/sh
exec cat /usr/share/hello-testbed/text
END
chmod 755 %{buildroot}/usr/bin/hello-testbed
cat > %{buildroot}/usr/lib/systemd/system/hello-testbed.service <<'END'
[Unit]
Description=Hello of the testbed

[Service]
Type=oneshot
ExecStart=/usr/bin/hello-testbed

[Install]
WantedBy=multi-user.target
END

%files
%defattr(-,root,root)
/usr/bin/hello-testbed
/usr/lib/systemd/system/hello-testbed.service

%files data
%defattr(-,root,root)
/usr/share/hello-testbed
`;
}
