@echo off
setlocal EnableExtensions
rem Starts Showrunner on Windows: double-click it, or type .\start.bat (plain "start" is another command).
rem ASCII only, CRLF line ends. "call" before everything that may be a .bat itself, or it never comes back.
title Showrunner
cd /d "%~dp0"
if not exist "run.py" goto unpack
if not exist "streamer\boot\start.py" goto unpack

set "PYTHON="
call :find
if defined PYTHON goto run

echo Showrunner needs Python 3.11 or newer (64-bit), and none was found on this computer.
echo.
set "ANSWER="
set /p "ANSWER=Install Python 3.13 now, for you only? [Y/N] "
if /i not "%ANSWER%"=="Y" goto byhand
rem The Python install manager knows "py install"; the old launcher does not, then winget is next.
where py >nul 2>nul
if "%ERRORLEVEL%"=="0" call py install 3.13
call :find
if defined PYTHON goto run
where winget >nul 2>nul
if not "%ERRORLEVEL%"=="0" goto byhand
call winget install -e --id Python.Python.3.13 --scope user
call :find
if defined PYTHON goto run
echo.
echo If the installation went well, close this window and double-click start.bat again.
pause
exit /b 1

:run
call %PYTHON% run.py %*
set "CODE=%ERRORLEVEL%"
if "%CODE%"=="0" exit /b 0
echo.
echo Showrunner ended with code %CODE%. What went wrong is written above.
pause
exit /b %CODE%

:unpack
echo The rest of Showrunner is not beside start.bat.
echo If you opened the ZIP by double-click: unpack it first (right click, "Extract All"), then start from there.
pause
exit /b 1

:byhand
echo.
echo Get Python 3.13 from https://www.python.org/downloads/ (the 64-bit installer), then double-click start.bat again.
pause
exit /b 1

:find
rem Every candidate is tried by running it: the Store's python.exe and the shims of pyenv exist and do not run.
for %%P in ("py -3.13" "py -3.12" "py -3.11" "py -3.14" "py -3" "python" "python3") do call :probe %%~P
call :probe "%LOCALAPPDATA%\Programs\Python\Python313\python.exe"
exit /b 0

:probe
if defined PYTHON exit /b 0
call %* -c "import sys; sys.exit(not (sys.version_info[:2] in [(3, n) for n in range(11, 30)] and sys.maxsize.bit_length() == 63))" >nul 2>nul
if "%ERRORLEVEL%"=="0" set PYTHON=%*
exit /b 0
