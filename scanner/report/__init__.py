"""Reports: `scan.json`, the pages for people, the tables, and formats for other programs. Pure functions of a scan."""

from __future__ import annotations

from scanner.report.canonical import scan_json, scan_schema
from scanner.report.page import render_declaration, render_index, render_report
from scanner.report.tables import cookies_csv, declaration_csv, findings_csv
from scanner.report.verdict import Verdict, verdict
from scanner.report.write import FORMATS, ReportPaths, write_reports, write_whole

__all__ = (
    "FORMATS",
    "ReportPaths",
    "Verdict",
    "cookies_csv",
    "declaration_csv",
    "findings_csv",
    "render_declaration",
    "render_index",
    "render_report",
    "scan_json",
    "scan_schema",
    "verdict",
    "write_reports",
    "write_whole",
)
