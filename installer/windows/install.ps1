# Installs WBOS Desktop for this user under %LOCALAPPDATA%\Programs; needs Python 3.11 to 3.13.
$ErrorActionPreference = "Stop"
$root = (Resolve-Path "$PSScriptRoot\..\..").Path
$target = "$env:LOCALAPPDATA\Programs\WBOS"
$report = New-TemporaryFile

function Run { & $args[0] $args[1..($args.Length - 1)]; if ($LASTEXITCODE -ne 0) { throw "$($args[0]) failed" } }

Run py -3 -m venv --clear $target
Run "$target\Scripts\python.exe" -m pip install --quiet --require-hashes -r "$root\requirements.lock"
Run "$target\Scripts\python.exe" -m pip install --quiet --no-build-isolation --no-deps $root

& "$target\Scripts\wbos-desktop.exe" --self-test $report
if ($LASTEXITCODE -ne 0) {
    Get-Content $report
    Remove-Item -Recurse -Force $target
    throw "The self-test failed; nothing is left installed."
}
Remove-Item $report
$menu = [Environment]::GetFolderPath("Programs")
$link = (New-Object -ComObject WScript.Shell).CreateShortcut("$menu\WBOS.lnk")
$link.TargetPath = "$target\Scripts\wbos-desktop-window.exe"
$link.Save()
Write-Output "WBOS is installed. Start it from the menu."
