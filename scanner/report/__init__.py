"""Reports: `scan.json`, the pages for people, the tables, and formats for other programs. Pure functions of a scan."""

from __future__ import annotations

from scanner.report.canonical import scan_json, scan_schema
from scanner.report.diff_page import caveats as diff_caveats
from scanner.report.diff_page import headline as diff_headline
from scanner.report.diff_page import parts as diff_parts
from scanner.report.diff_page import render_diff
from scanner.report.diff_page import sides as diff_sides
from scanner.report.environment import get_ready
from scanner.report.page import render_declaration, render_index, render_report
from scanner.report.stored import load_scan
from scanner.report.tables import cookies_csv, declaration_csv, findings_csv
from scanner.report.verdict import Verdict, verdict
from scanner.report.write import FORMATS, ReportPaths, write_reports, write_whole

__all__ = (
    "FORMATS",
    "ReportPaths",
    "Verdict",
    "cookies_csv",
    "declaration_csv",
    "diff_caveats",
    "diff_headline",
    "diff_parts",
    "diff_sides",
    "findings_csv",
    "get_ready",
    "load_scan",
    "render_declaration",
    "render_diff",
    "render_index",
    "render_report",
    "scan_json",
    "scan_schema",
    "verdict",
    "write_reports",
    "write_whole",
)
