{{ validated_rows('online_retail', ['invoice_lines']) }}
