; An installer for one user of Windows, without an administrator: Inno Setup 6.3 or newer, after `make.py`.
;   iscc /DVersion=0.1.0 .ci\package\windows.iss        makes build\package\belvedere-0.1.0-setup.exe
#ifndef Version
  #error Name the version: iscc /DVersion=0.1.0 windows.iss
#endif
#define Built "..\..\build\package"

[Setup]
AppId={{5B0C9C0E-6E0B-4C0B-9B1C-2F4D7B6A1E53}
AppName=Belvedere
AppVersion={#Version}
; lowest: {autopf} is the user's own folder of programs, {autoprograms} their own menu, HKA their own registry.
PrivilegesRequired=lowest
DefaultDirName={autopf}\Belvedere
DisableProgramGroupPage=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
Compression=lzma2/normal
SolidCompression=yes
OutputDir={#Built}
OutputBaseFilename=belvedere-{#Version}-setup
UninstallDisplayIcon={app}\belvedere-window.exe
LicenseFile=..\..\LICENSE
ChangesAssociations=yes

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"
Name: "french"; MessagesFile: "compiler:Languages\French.isl"
#ifexist CompilerPath + "Languages\Korean.isl"
Name: "korean"; MessagesFile: "compiler:Languages\Korean.isl"
#endif
#ifexist CompilerPath + "Languages\Arabic.isl"
Name: "arabic"; MessagesFile: "compiler:Languages\Arabic.isl"
#endif

[InstallDelete]
; What an older version left would be loaded beside the new one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Built}\belvedere\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Belvedere"; Filename: "{app}\belvedere-window.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\.belvedere"; ValueType: string; ValueData: "Belvedere.Pack"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Belvedere.Pack"; ValueType: string; ValueData: "Belvedere"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Belvedere.Pack\shell\open\command"; ValueType: string; ValueData: """{app}\belvedere-window.exe"" ""%1"""

[Run]
Filename: "{app}\belvedere-window.exe"; Flags: nowait postinstall skipifsilent
