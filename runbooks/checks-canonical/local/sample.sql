-- A few rows as the local development database holds them: canonical from the start.
INSERT INTO public.checks
    (run_id, env, anon_token, claim, prompt_version, prompt_char_len_max, prob_true_rpl, ci_lo, ci_hi,
     config_json, counts_by_template_json, gate_compliance_ok, gate_stability_ok, gate_precision_ok, pqs, pqs_version)
SELECT 'local-' || i, 'dev', 'local-dev', 'Local claim ' || i, 'rpl_g5_v5', 1200, 0.5, 0.4, 0.6,
       '{"K": 8, "R": 2}', '{"counts_by_template": {"t1": 3}}', true, i % 2 = 0, NULL, 71.50, 'v1'
FROM generate_series(1, 20) AS i;
