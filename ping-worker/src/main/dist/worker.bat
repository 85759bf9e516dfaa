@echo off
echo The census worker cannot ping on Windows. Run it in WSL 2 (Windows Subsystem for Linux):
echo.
echo   wsl --install
echo.
echo and there, in this directory:  ./worker --help
exit /b 4
