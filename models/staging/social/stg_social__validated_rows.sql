{{ validated_rows('social', ['posts']) }}
